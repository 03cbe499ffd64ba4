import { listUsers } from '@hangar/db'
import { page, pageOf } from '../../../http/cursor.ts'
import { defineRoute } from '../../../http/route.ts'
import { listUsersQuery, userItem } from './schema.ts'

export const listUsersRoute = defineRoute({
  method: 'get',
  path: '/v1/users',
  access: 'viewer',
  summary: "The product's users, with an app or without, in the order of their ids",
  reads: { query: listUsersQuery },
  answers: { 200: pageOf(userItem) },
  handle: async ({ query: { limit, cursor, q, tier, has_app: hasApp } }, { deps }) => {
    const rows = await listUsers(deps.db, { q, tier, hasApp, limit: limit + 1, afterUserId: cursor })
    return { status: 200, body: page(rows, limit, { key: ({ userId }) => userId, view: viewUser }) }
  },
})

function viewUser({
  userId,
  email,
  tier,
  subscriptionStatus,
  ...app
}: Awaited<ReturnType<typeof listUsers>>[number]) {
  const { appId, appStatus, flyAppName } = app
  return {
    user_id: userId,
    email,
    tier,
    subscription_status: subscriptionStatus,
    app:
      appId !== null && appStatus !== null && flyAppName !== null
        ? { id: appId, status: appStatus, fly_app_name: flyAppName }
        : null,
  }
}
