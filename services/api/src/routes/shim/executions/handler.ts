import { HangarError } from '@hangar/core'
import { storeExecutions } from '@hangar/db'
import { defineShimRoute } from '../app-caller.ts'
import { answerItems, itemsAnswer, itemsBody } from '../items.ts'
import { executionItem } from './schema.ts'

export const executions = defineShimRoute({
  method: 'post',
  path: '/shim/v1/executions',
  summary: "Which runs of the user's traders there were, stored exactly once",
  description: 'An item that is wrong does not fail its batch.',
  reads: { body: itemsBody(executionItem) },
  answers: { 200: itemsAnswer },
  problems: ['host_not_installed'],
  bodyLimit: 'batch',
  handle: async ({ body }, { deps, app, machineId }) => {
    const { traders, executions: table } = deps.host
    if (!table)
      throw new HangarError('host_not_installed', { operator: 'the host mapping has no "executions"' })
    const results = await answerItems(body.items, executionItem, (items) =>
      storeExecutions(deps.db, { traders, executions: table }, { id: app.id, machineId }, items),
    )
    return { status: 200, body: { results } }
  },
})
