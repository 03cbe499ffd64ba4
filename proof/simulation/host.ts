/** The host product's own writes, as it makes them: plain SQL on its tables, so that the real trigger fires. */
import type { Store } from './database.ts'

/** Users with a subscription of tier free. The product's profiles are left out: nothing in Hangar reads them. */
export async function createUsers(client: Store['client'], users: readonly string[]): Promise<void> {
  await client.query(
    `with made as (select set_config('session_replication_role', 'replica', true))
     insert into public.user_subscriptions (user_id, tier, status)
     select unnest($1::uuid[]), 'free', 'active' from made`,
    [users],
  )
}

export async function setTier(client: Store['client'], user: string, tier: string): Promise<void> {
  await client.query(
    `update public.user_subscriptions set tier = $2, updated_at = now() where user_id = $1`,
    [user, tier],
  )
}

/** Unlike any other history's, and the same whenever the seed is. */
export function userId(seed: number, index: number): string {
  const hex = (value: number, digits: number) => (value >>> 0).toString(16).padStart(digits, '0')
  return `${hex(seed, 8)}-0000-4000-8000-${hex(index, 12)}`
}
