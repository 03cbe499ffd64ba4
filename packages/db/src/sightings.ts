/** What alerts need to know and no other table says: when sweeps ended, which job waits longest, when a webhook came. */
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

/** How often each sweep is meant to run from now on; for one that it is not news for, nothing changes. */
export async function recordSweepIntervals(
  db: Database | Tx,
  sweeps: readonly { id: string; everyMs: number }[],
): Promise<void> {
  await sql`
    insert into hangar.sweeps as sweep (name, every_ms, expected_since)
    select name, every_ms, hangar.now()
    from unnest(${sweeps.map(({ id }) => id)}::text[], ${sweeps.map(({ everyMs }) => everyMs)}::bigint[])
      as given (name, every_ms)
    on conflict (name) do update set every_ms = excluded.every_ms, expected_since = excluded.expected_since
    where sweep.every_ms is distinct from excluded.every_ms`.execute(db)
}

/** A sweep has come to its end. */
export async function recordSweepCompleted(db: Database | Tx, name: string): Promise<void> {
  await sql`
    insert into hangar.sweeps (name, completed_at) values (${name}, hangar.now())
    on conflict (name) do update set completed_at = excluded.completed_at`.execute(db)
}

/** The job that waits longest in a queue, as something that changes with each of its runs; '' where none waits. */
export type QueueHead = { queue: string; job: string }

/** For how long, at least, each queue's head has been waiting there: since it was first seen. */
export async function recordQueueHeads(
  db: Database | Tx,
  heads: readonly QueueHead[],
): Promise<(QueueHead & { waitingMs: number })[]> {
  const { rows } = await sql<QueueHead & { waitingMs: number }>`
    insert into hangar.queue_heads as head (queue, job)
    select * from unnest(${heads.map(({ queue }) => queue)}::text[], ${heads.map(({ job }) => job)}::text[])
    on conflict (queue) do update set job = excluded.job,
      first_seen_at = case when head.job = excluded.job then head.first_seen_at else excluded.first_seen_at end
    returning queue, job, extract(epoch from hangar.now() - first_seen_at)::double precision * 1000 as waiting_ms
  `.execute(db)
  return rows
}

/** A genuine webhook of a tier change has come in. */
export async function recordWebhookArrival(db: Database | Tx): Promise<void> {
  await sql`
    insert into hangar.webhook_arrivals as arrival (only_one, last_at) values (true, hangar.now())
    on conflict (only_one) do update set last_at = greatest(arrival.last_at, excluded.last_at)`.execute(db)
}
