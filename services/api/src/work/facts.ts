import type { SubscriptionFacts } from '@hangar/core'
import {
  findLiveApp,
  findWant,
  readEntitlementFacts,
  userExists,
  type AppRow,
  type Database,
  type Tx,
  type WantRow,
} from '@hangar/db'

export type UserFacts = SubscriptionFacts & {
  app: AppRow | null
  hasLiveApp: boolean
  want: WantRow | null
  /** Whether anything, the host's tables or ours, has ever heard of this user. */
  known: boolean
}

/** Everything a decision about a user needs, as one moment sees it. */
export async function readFacts(db: Database | Tx, userId: string): Promise<UserFacts> {
  const facts = await readEntitlementFacts(db, userId)
  const app = await findLiveApp(db, userId)
  const want = await findWant(db, userId)
  const known = facts.subscription !== null || app !== null || want !== null || (await userExists(db, userId))
  return { ...facts, app, hasLiveApp: app !== null, want, known }
}
