import { entitlementOf, HangarError } from '@hangar/core'
import { findActiveOverride, listAppsByUser, type OverrideRow, readFacts } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { userIdPath, viewApp } from '../fields.ts'
import { userAnswer } from './schema.ts'

export const getApp = defineRoute({
  method: 'get',
  path: '/v1/apps/:userId',
  access: 'viewer',
  summary: 'What this user should have and why, what they have, and what they had',
  reads: { path: userIdPath },
  answers: { 200: userAnswer },
  problems: ['unknown_user'],
  handle: async ({ path: { userId } }, { deps }) => {
    const facts = await readFacts(deps.db, userId)
    if (!facts.known) throw new HangarError('unknown_user')
    const override = await findActiveOverride(deps.db, userId)
    const rows = await listAppsByUser(deps.db, userId)
    const { kind, reason } = entitlementOf(facts, deps.policy)
    return {
      status: 200,
      body: {
        user_id: userId,
        subscription: facts.subscription,
        entitlement: { kind, reason },
        override: override && viewOverride(override),
        wanted_version: facts.want?.wantedVersion ?? 0,
        app: facts.app && viewApp(facts.app),
        previous: rows.filter((row) => row.id !== facts.app?.id).map(viewApp),
      },
    }
  },
})

function viewOverride({ desired, guest, region, reason, actor, createdAt, expiresAt }: OverrideRow) {
  return { desired, guest, region, reason, actor, created_at: createdAt, expires_at: expiresAt }
}
