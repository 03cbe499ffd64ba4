import { HangarError } from '@hangar/core'
import { findBulk } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { bulkAnswer, bulkPath, viewBulk } from '../bulk-fields.ts'

export const getBulkRoute = defineRoute({
  method: 'get',
  path: '/v1/bulk/:id',
  access: 'viewer',
  summary: 'How far one act on many users has come',
  reads: { path: bulkPath },
  answers: { 200: bulkAnswer },
  problems: ['not_found'],
  handle: async ({ path: { id } }, { deps }) => {
    const bulk = await findBulk(deps.db, id)
    if (!bulk) throw new HangarError('not_found', { operator: `there is no bulk ${id}` })
    return { status: 200, body: viewBulk(bulk) }
  },
})
