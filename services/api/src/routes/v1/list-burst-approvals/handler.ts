import { listBurstApprovals } from '@hangar/db'
import { page, pageOf } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { approvalAnswer, viewApproval } from '../approve-burst/view.ts'
import { listBurstApprovalsQuery } from './schema.ts'

export const listBurstApprovalsRoute = defineRoute({
  method: 'get',
  path: '/v1/burst-approvals',
  access: 'viewer',
  summary: 'Who agreed to how many teardowns, and what is left of it; newest first',
  reads: { query: listBurstApprovalsQuery },
  answers: { 200: pageOf(approvalAnswer) },
  handle: async ({ query }, { deps }) => {
    const rows = await listBurstApprovals(deps.db, {
      limit: query.limit + 1,
      ...(query.cursor === undefined ? {} : { beforeId: query.cursor }),
    })
    return { status: 200, body: page(rows, query.limit, { key: (one) => one.id, view: viewApproval }) }
  },
})
