/** `hangar.permits`: token buckets that all workers share. The row lock makes takers take turns. */
import { HangarError } from '@hangar/core'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

export type PermitName = 'fly_app_delete' | 'repair'
/** `eachMs`: how far apart permits come. */
export type Permit = { ok: true } | { ok: false; retryAfterMs: number; eachMs: number }

/**
 * Takes one permit, or says when the next one will be there. A permit that was taken is spent. `leave`: so many stay for
 * others who may take the last one; a bucket that holds no more than these has to be full.
 */
export async function takePermit(
  db: Database | Tx,
  name: PermitName,
  { leave = 0 }: { leave?: number } = {},
): Promise<Permit> {
  const { rows } = await sql<{ ok: boolean; retryAfterMs: number; eachMs: number }>`
    update hangar.permits as permit
    set tokens = case when bucket.available >= bucket.needed then bucket.available - 1 else bucket.available end,
      refilled_at = bucket.at
    from (
      select p.name, clock.at, p.refill_per_second, least(${leave}, p.capacity - 1) + 1 as needed, least(p.capacity,
        p.tokens + p.refill_per_second * greatest(0, extract(epoch from clock.at - p.refilled_at))) as available
      from hangar.permits p cross join lateral (select greatest(p.refilled_at, hangar.now()) as at) clock
      where p.name = ${name}
      for update of p
    ) bucket
    where permit.name = bucket.name
    returning bucket.available >= bucket.needed as ok,
      ceil(1000 * (bucket.needed - bucket.available) / bucket.refill_per_second)::int as retry_after_ms,
      (1000 / bucket.refill_per_second)::double precision as each_ms`.execute(db)
  const [row] = rows
  if (!row) throw new HangarError('internal', { operator: `there are no permits called ${name}` })
  return row.ok ? { ok: true } : { ok: false, retryAfterMs: row.retryAfterMs, eachMs: row.eachMs }
}
