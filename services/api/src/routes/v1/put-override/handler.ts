import { defineRoute } from '../../../http/route.ts'
import { requestOverride } from '../../../work/request-override.ts'
import { dryRunQuery, userIdPath } from '../fields.ts'
import { overrideAnswers, overrideBody, replyToOverride } from '../override-fields.ts'

export const putOverride = defineRoute({
  method: 'put',
  path: '/v1/apps/:userId/override',
  access: 'operator',
  summary:
    'Says what this user is to have, whatever their subscription says, or that they are left as they are',
  description:
    'In the place of the override before. `on` and `off`, and to replace one of these, take an admin. At its end the subscription decides again.',
  reads: { path: userIdPath, query: dryRunQuery, body: overrideBody },
  answers: overrideAnswers,
  problems: ['override_changed', 'unknown_user'],
  handle: async ({ path: { userId }, query, body }, context) => {
    const { desired, guest = null, region = null, expires_at: expiresAt = null, reason } = body
    const dryRun = query.dryRun || body.dryRun
    const wish = { desired, guest, region, expiresAt }
    const request = { userId, wish, reason, dryRun, expectedId: body.expected_override_id }
    const answer = await requestOverride(request, context)
    return replyToOverride(userId, answer, dryRun, context)
  },
})
