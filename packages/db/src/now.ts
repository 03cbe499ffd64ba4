import { sql, type RawBuilder } from 'kysely'
import type { Database, Tx } from './database.ts'
import { onlyRow } from './rows.ts'

/** The same columns, where a date may also be `'now'`: the database's own time. */
export type WithNow<T> = { [K in keyof T]: Date extends T[K] ? T[K] | 'now' : T[K] }

type Resolved<T> = {
  [K in keyof T]: Date extends T[K] ? Exclude<T[K], 'now'> | RawBuilder<Date> : T[K]
}

/** Puts `hangar.now()` in the place of each `'now'`. No text column of ours has "now" for a value. */
export function resolveNow<T extends object>(patch: T): Resolved<T> {
  const entries = Object.entries(patch).map(([key, value]: [string, unknown]) => [
    key,
    value === 'now' ? databaseNow : value,
  ])
  return Object.fromEntries(entries) as Resolved<T>
}

/** The time as the database sees it. */
export const databaseNow = sql<Date>`hangar.now()`

/** The database's time, now. */
export async function readDatabaseTime(db: Database | Tx): Promise<Date> {
  return onlyRow((await sql<{ now: Date }>`select hangar.now() as now`.execute(db)).rows).now
}

/** A span of time as SQL adds it to a moment. */
export function intervalMs(ms: number): RawBuilder<unknown> {
  return sql`make_interval(secs => ${ms / 1000}::double precision)`
}
