/**
 * Signals and executions that users' apps send, stored in the host product's tables, each exactly once.
 *
 * One statement stores a batch: it keeps the items whose trader is the user's, writes a receipt for each that has none
 * (`hangar.shim_receipts`), and inserts those into the host's table. Where an item breaks that (a text too long for its
 * column, a CHECK, a host's trigger), the batch is halved until it stands alone: it is refused, the others are stored.
 */
import { sql, type RawBuilder } from 'kysely'
import pg from 'pg'
import type { Database } from './database.ts'
import { HangarError } from '@hangar/core'
import { writerOf } from './heartbeats.ts'
import { columnName as name, tableName } from './host-names.ts'
import type { HostMapping } from './install-host.ts'

export type Signal = {
  clientId: string
  traderId: string
  symbol: string
  /** JSON text. */
  payload: string
  createdAt: string
}

export type Execution = {
  clientId: string
  traderId: string
  startedAt: string
  finishedAt: string | null
  outcome: string
}

export type ItemResult =
  { status: 'stored' | 'duplicate' | 'unknown_trader' } | { status: 'invalid'; message: string }

/** A receipt is needed as long as a batch whose answer was lost may be sent again. */
const RECEIPTS_LAST = '1 day'
/** More than a batch may bring, so that the table shrinks while it has old receipts. */
const FORGOTTEN_AT_ONCE = 1_000

/** Who sends: this app, as long as this is its machine. */
export type ItemWriter = { id: string; machineId: string }

type Item = { clientId: string; traderId: string }
/** How a kind's items get into the host's table: from `fresh`, which has its columns, `owner_id` and `host_trader_id`. */
type Shape<T extends Item> = {
  kind: 'signal' | 'execution'
  columns: RawBuilder<unknown>
  values: (items: readonly T[]) => RawBuilder<unknown>
  insert: RawBuilder<unknown>
}

/**
 * The results in the order of the items. Throws what is no item's fault: then nothing is certain, and all may be
 * repeated; and `machine_not_current`: then nothing was stored.
 */
export function storeSignals(
  db: Database,
  mapping: Pick<HostMapping, 'traders'> & { signals: NonNullable<HostMapping['signals']> },
  writer: ItemWriter,
  items: readonly Signal[],
): Promise<ItemResult[]> {
  const { signals: host, traders } = mapping
  const shape: Shape<Signal> = {
    kind: 'signal',
    columns: sql`client_id, trader_id, symbol, payload, created_at`,
    values: (some) => sql`${some.map((one) => one.symbol)}::text[], ${some.map((one) => one.payload)}::text[],
      ${some.map((one) => one.createdAt)}::timestamptz[]`,
    insert: insertInto(host.table, [
      [host.trader_id, sql`host_trader_id`],
      [host.symbol, sql`symbol`],
      [host.payload, sql`payload::jsonb`],
      [host.created_at, sql`created_at`],
      [host.user_id, sql`owner_id`],
      [host.client_id, sql`client_id`],
    ]),
  }
  return storeOnce({ db, traders, shape, writer }, items)
}

/** The same for executions. */
export function storeExecutions(
  db: Database,
  mapping: Pick<HostMapping, 'traders'> & { executions: NonNullable<HostMapping['executions']> },
  writer: ItemWriter,
  items: readonly Execution[],
): Promise<ItemResult[]> {
  const { executions: host, traders } = mapping
  const shape: Shape<Execution> = {
    kind: 'execution',
    columns: sql`client_id, trader_id, started_at, finished_at, outcome`,
    values: (some) => sql`${some.map((one) => one.startedAt)}::timestamptz[],
      ${some.map((one) => one.finishedAt)}::timestamptz[], ${some.map((one) => one.outcome)}::text[]`,
    insert: insertInto(host.table, [
      [host.trader_id, sql`host_trader_id`],
      [host.started_at, sql`started_at`],
      [host.finished_at, sql`finished_at`],
      [host.outcome, sql`outcome`],
      [host.user_id, sql`owner_id`],
      [host.client_id, sql`client_id`],
    ]),
  }
  return storeOnce({ db, traders, shape, writer }, items)
}

type Storing<T extends Item> = {
  db: Database
  traders: HostMapping['traders']
  shape: Shape<T>
  writer: ItemWriter
}

/** Of items with one client id, the first decides and the others are its duplicates. */
async function storeOnce<T extends Item>(storing: Storing<T>, items: readonly T[]): Promise<ItemResult[]> {
  const first = new Map<string, T>()
  for (const item of items) if (!first.has(item.clientId)) first.set(item.clientId, item)
  const results = await store(storing, [...first.values()])
  return items.map((item): ItemResult => {
    const result = results.get(item.clientId) ?? { status: 'unknown_trader' }
    const repeated = first.get(item.clientId) !== item
    return repeated && result.status === 'stored' ? { status: 'duplicate' } : result
  })
}

async function store<T extends Item>(
  storing: Storing<T>,
  items: readonly T[],
): Promise<Map<string, ItemResult>> {
  if (items.length === 0) return new Map()
  try {
    const { rows } = await insertAll(storing, items).execute(storing.db)
    if (rows.some(({ status }) => status === 'not_current')) throw new HangarError('machine_not_current')
    return new Map(rows.map(({ clientId, status }) => [clientId, { status } as ItemResult]))
  } catch (error) {
    if (!isItemsFault(error)) throw error
    const [only] = items
    if (only && items.length === 1) return new Map([[only.clientId, refusal(error)]])
    const half = items.length >> 1
    const before = await store(storing, items.slice(0, half))
    return new Map([...before, ...(await store(storing, items.slice(half)))])
  }
}

type Outcome = { clientId: string; status: 'stored' | 'duplicate' | 'not_current' }

/** The receipts are written in order of id, so that two batches with the same items never wait for each other in a circle. */
function insertAll<T extends Item>(
  { traders, shape, writer }: Storing<T>,
  items: readonly T[],
): RawBuilder<Outcome> {
  return sql<Outcome>`
    with item as (
      select * from unnest(${items.map((one) => one.clientId)}::text[], ${items.map((one) => one.traderId)}::text[],
        ${shape.values(items)}) as item (${shape.columns})
    ), owned as (
      select item.*, trader.${name(traders.id)} as host_trader_id, trader.${name(traders.user_id)} as owner_id
      from item join ${tableName(traders.table)} trader on trader.${name(traders.id)}::text = item.trader_id
        join ${writerOf(writer.id, writer.machineId)} on writer.user_id = trader.${name(traders.user_id)}
    ), receipt as (
      insert into hangar.shim_receipts (user_id, kind, client_id, received_at)
      select owner_id, ${shape.kind}, client_id, now.at from owned cross join (select hangar.now() as at) now
      order by client_id
      on conflict do nothing returning client_id
    ), fresh as (
      select owned.* from owned join receipt using (client_id)
    ), stored as (${shape.insert}), forgotten as (
      delete from hangar.shim_receipts where ctid = any (array(
        select ctid from hangar.shim_receipts where received_at < hangar.now() - ${RECEIPTS_LAST}::interval
        limit ${FORGOTTEN_AT_ONCE} for update skip locked))
    )
    select client_id, case when receipt.client_id is null then 'duplicate' else 'stored' end as status
    from owned left join receipt using (client_id)
    union all
    select '', 'not_current' where not exists (select from ${writerOf(writer.id, writer.machineId)})`
}

/** Columns that the host does not have are left out. */
function insertInto(
  table: string,
  columns: readonly (readonly [string | undefined, RawBuilder<unknown>])[],
): RawBuilder<unknown> {
  const there = columns.flatMap(([column, value]) => (column === undefined ? [] : [{ column, value }]))
  const names = sql.join(there.map(({ column }) => name(column)))
  const values = sql.join(there.map(({ value }) => value))
  return sql`insert into ${tableName(table)} (${names}) select ${values} from fresh`
}

/**
 * What PostgreSQL says of a row that it will not have: bad data, a broken rule, too deep, a trigger's own word, in SQL or
 * as PostgREST has triggers say an HTTP status of 4xx.
 */
const ITEMS_FAULT = /^(22|23|54)...$|^P0001$|^PT4..$/
const UNIQUE_VIOLATION = '23505'

function isItemsFault(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError && ITEMS_FAULT.test(error.code ?? '')
}

/** A unique index of the host's says that the row is there already, written by another way or before its receipt ended. */
function refusal(error: pg.DatabaseError): ItemResult {
  if (error.code === UNIQUE_VIOLATION) return { status: 'duplicate' }
  return { status: 'invalid', message: error.message }
}
