import { HangarError } from '@hangar/core'
import { storeSignals } from '@hangar/db'
import { defineShimRoute } from '../app-caller.ts'
import { answerItems, itemsAnswer, itemsBody } from '../items.ts'
import { signalItem } from './schema.ts'

export const signals = defineShimRoute({
  method: 'post',
  path: '/shim/v1/signals',
  summary: "What the user's traders found, stored exactly once",
  description: 'A draining app may still send. An item that is wrong does not fail its batch.',
  reads: { body: itemsBody(signalItem) },
  answers: { 200: itemsAnswer },
  problems: ['host_not_installed'],
  bodyLimit: 'batch',
  handle: async ({ body }, { deps, app, machineId }) => {
    const { traders, signals: table } = deps.host
    // A failure of ours: the app keeps what it has until somebody has repaired the mapping.
    if (!table) throw new HangarError('host_not_installed', { operator: 'the host mapping has no "signals"' })
    const results = await answerItems(body.items, signalItem, (items) =>
      storeSignals(deps.db, { traders, signals: table }, { id: app.id, machineId }, items),
    )
    return { status: 200, body: { results } }
  },
})
