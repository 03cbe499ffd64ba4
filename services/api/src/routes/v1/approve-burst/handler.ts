import { approveBurst, insertAudit, transact } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { dryRunQuery } from '../fields.ts'
import { approveBurstBody, approvedAnswer } from './schema.ts'
import { viewApproval } from './view.ts'

const MINUTE_MS = 60_000

export const approveBurstRoute = defineRoute({
  method: 'post',
  path: '/v1/burst-approvals',
  access: 'admin',
  summary: 'So many teardowns are meant, and do not count as a burst',
  description:
    'Where all approvals together cover everybody whom the brake on bursts keeps from beginning, it is released.',
  reads: { query: dryRunQuery, body: approveBurstBody },
  answers: {
    200: { description: 'A dry run: what would be answered.', body: approvedAnswer },
    201: approvedAnswer,
  },
  handle: async ({ query, body }, { deps, caller, requestId }) => {
    const { count, reason } = body
    const dryRun = query.dryRun || body.dryRun
    const burst = { count, reason, actor: caller.actor, expiresInMs: body.expires_in_minutes * MINUTE_MS }
    const answer = await transact(deps.db, { dryRun }, async (tx) => {
      const approved = await approveBurst(tx, burst, deps.policy)
      const { approval, waiting, released } = approved
      await insertAudit(tx, {
        actor: caller.actor,
        action: 'burst.approve',
        reason,
        requestId,
        before: { waiting_users: waiting },
        after: { ...viewApproval(approval), brake_released: released },
      })
      return approved
    })
    if (answer.released && !dryRun)
      deps.logger.warn({ brake: 'deletion_burst', by: caller.actor, reason }, 'brake released')
    return {
      status: dryRun ? 200 : 201,
      body: {
        ...viewApproval(answer.approval),
        eta_minutes: answer.etaMinutes,
        waiting_users: answer.waiting,
        brake_released: answer.released,
      },
    }
  },
})
