import { listBulks } from '@hangar/db'
import { z } from 'zod'
import { page, pageOf, pageQuery } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { bulkAnswer, viewBulk } from '../bulk-fields.ts'
import { idText } from '../fields.ts'

export const listBulksRoute = defineRoute({
  method: 'get',
  path: '/v1/bulk',
  access: 'viewer',
  summary: 'Acts on many users, newest first',
  reads: { query: z.strictObject(pageQuery(idText)) },
  answers: { 200: pageOf(bulkAnswer) },
  handle: async ({ query: { limit, cursor } }, { deps }) => {
    const rows = await listBulks(deps.db, { limit: limit + 1, beforeId: cursor })
    return { status: 200, body: page(rows, limit, { key: (bulk) => bulk.id, view: viewBulk }) }
  },
})
