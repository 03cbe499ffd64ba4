import { HangarError } from '@hangar/core'
import { findBulk, listBulkItems } from '@hangar/db'
import { z } from 'zod'
import { page, pageOf, pageQuery } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { bulkItemAnswer, bulkItemState, bulkPath, viewBulkItem } from '../bulk-fields.ts'
import { idText } from '../fields.ts'

export const listBulkItemsRoute = defineRoute({
  method: 'get',
  path: '/v1/bulk/:id/items',
  access: 'viewer',
  summary: 'What became of each user in it, in the order in which they are asked',
  reads: {
    path: bulkPath,
    query: z.strictObject({ ...pageQuery(idText), state: bulkItemState.optional() }),
  },
  answers: { 200: pageOf(bulkItemAnswer) },
  problems: ['not_found'],
  handle: async ({ path: { id }, query: { limit, cursor, state } }, { deps }) => {
    const rows = await listBulkItems(deps.db, id, { limit: limit + 1, state, afterPlace: cursor })
    if (rows.length === 0 && !(await findBulk(deps.db, id)))
      throw new HangarError('not_found', { operator: `there is no bulk ${id}` })
    return { status: 200, body: page(rows, limit, { key: (item) => item.place, view: viewBulkItem }) }
  },
})
