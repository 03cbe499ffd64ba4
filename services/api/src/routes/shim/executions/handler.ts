import { HangarError } from '@hangar/core'
import { storeExecutions } from '@hangar/db'
import { defineShimRoute } from '../app-caller.ts'
import { answerItems, itemsBody } from '../items.ts'
import { executionItem } from './schema.ts'

/** `POST /shim/v1/executions`: which runs of the user's traders there were, stored exactly once. */
export const executions = defineShimRoute({
  method: 'post',
  path: '/shim/v1/executions',
  reads: { body: itemsBody },
  bodyLimit: 'batch',
  handle: async ({ body }, { deps, app }) => {
    const { traders, executions: table } = deps.host
    if (!table)
      throw new HangarError('host_not_installed', { operator: 'the host mapping has no "executions"' })
    const results = await answerItems(body.items, executionItem, (items) =>
      storeExecutions(deps.db, { traders, executions: table }, app.userId, items),
    )
    return { status: 200, body: { results } }
  },
})
