/**
 * PostgreSQL as every process of a simulation sees it: a pool of its own over one real connection, where each
 * statement outside a transaction is a turn, and so is each transaction as a whole.
 */
import {
  createClient,
  type Database,
  databaseOver,
  installHost,
  loadBaseline,
  migrateToLatest,
} from '@hangar/db'
import { createDatabase } from '@hangar/db'
import type { Socket } from 'node:net'
import { runSql } from '@hangar/testkit/local'
import type { Scheduler } from './scheduler.ts'
import type { Actor } from './virtual-time.ts'

type Client = ReturnType<typeof createClient>
type Result = { command: string; rowCount: number; rows: unknown[] }

export type Store = {
  readonly client: Client
  /** Looks at everything at once, outside of all turns. */
  readonly reader: Database
  /** Forgets every user, and counts from one again. */
  clear(): Promise<void>
  close(): Promise<void>
}

export const INSTALLATION_ID = '00000000-0000-4000-8000-000000000001'

/** An hour in production; here an orphan's whole life has to fit into a history. */
const ORPHAN_GRACE_MS = 5_000

/** Every so many histories the tables are truncated, so that what was deleted takes no room. */
const TRUNCATE_EVERY = 250

/** Hangar's and the host product's tables, with ids that begin anew for each history. */
export async function createStore(serverUrl: string, name: string): Promise<Store> {
  await runSql(serverUrl, `create database ${name}`)
  const url = serverUrl.replace(/\/[^/]*$/, `/${name}`)
  await loadBaseline(url)
  await migrateToLatest(url)
  const db = createDatabase({ connectionString: url, applicationName: 'simulation', maxConnections: 1 })
  await installHost(db).finally(() => db.destroy())
  return openStore(url)
}

/** A database that is set up already, as a test has one. */
export async function openStore(url: string): Promise<Store> {
  await runSql(url, ...FOR_SIMULATION)
  // The time goes ahead of a statement, in the same packet.
  const client = createClient({ connectionString: url, applicationName: 'simulation', pipeline: true })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(TABLES_WITH_ROWS)
  const tables = rows.map((row) => row.name)
  await client.query(clearFunction(tables))
  // To switch triggers off makes a session forget all of its plans, so another one forgets the users.
  const cleaner = createClient({ connectionString: url, applicationName: 'simulation-cleaner' })
  await cleaner.connect()
  let cleared = 0
  const connected = {
    query: (text: string, values: unknown[]) => client.query(text, values),
    release: () => undefined,
  }
  const pool = { options: {}, connect: () => Promise.resolve(connected), end: () => Promise.resolve() }
  return {
    client,
    reader: databaseOver(pool as never, { statementTimeoutMs: 0 }),
    async clear() {
      if (++cleared % TRUNCATE_EVERY === 0)
        await cleaner.query(
          `set session_replication_role = replica; truncate ${tables.join(', ')}; reset session_replication_role`,
        )
      await cleaner.query('select simulation.clear()')
    },
    close: async () => {
      await cleaner.end()
      await client.end()
    },
  }
}

/** Ids of rows in the order in which they come, and triggers that keep history out of the way of forgetting it. */
const FOR_SIMULATION = [
  'create schema if not exists simulation',
  'create sequence if not exists simulation.ids',
  `alter table public.user_fly_apps alter column id
    set default lpad(to_hex(nextval('simulation.ids')), 32, '0')::uuid`,
  `update hangar.installation set id = '${INSTALLATION_ID}'`,
]

/** Whatever holds rows of users: all but what is set up once. */
const TABLES_WITH_ROWS = `
  select quote_ident(n.nspname) || '.' || quote_ident(c.relname) as name
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind = 'r' and c.relpersistence = 'p'
    and ((n.nspname = 'hangar' and c.relname not in
        ('installation', 'host_mapping', 'migration', 'migration_lock', 'migration_checksums', 'permits', 'brakes'))
      or (n.nspname = 'public' and c.relname in ('user_fly_apps', 'user_fly_app_events', 'user_subscriptions',
        'traders', 'trader_signals', 'trader_execution_history')))
  order by 1`

function clearFunction(tables: readonly string[]): string {
  return `
    create or replace function simulation.clear() returns void language plpgsql as $body$
    declare
      s regclass;
    begin
      perform set_config('session_replication_role', 'replica', true);
      ${tables.map((table) => `delete from ${table};`).join('\n')}
      update hangar.brakes set engaged_at = null, engaged_by = null, reason = null, details = '{}',
        ignored_until = null, strikes = 0, generation_floor = 0;
      insert into hangar.settings (name, value, updated_by)
        values ('orphans', '{"graceMs": ${ORPHAN_GRACE_MS}, "lagMs": ${ORPHAN_GRACE_MS}}', 'simulation');
      update hangar.permits set tokens = capacity, refilled_at = '2026-03-01T12:00:00Z';
      perform setval('simulation.ids', 1, false);
      for s in select pg_get_serial_sequence(t, 'id')::regclass from unnest(array[
        'public.user_fly_app_events', 'hangar.cost_intervals', 'hangar.audit_log', 'hangar.user_overrides']) t loop
        perform setval(s, 1, false);
      end loop;
    end
    $body$`
}

/** The database as one process sees it. */
export function databaseOf(actor: Actor, scheduler: Scheduler, store: Store, clock: SqlClock): Database {
  const pool = {
    options: {},
    connect: () => Promise.resolve(new Connection(actor, scheduler, store, clock)),
    end: () => Promise.resolve(),
  }
  return databaseOver(pool as never)
}

/** Tells PostgreSQL the time before a statement, when it has moved. */
export class SqlClock {
  /** For trying what a changed statement would do to the guarantees. */
  rewrite: (text: string) => string = (text) => text
  /** How many statements that may have changed something there were. */
  writes = 0
  /** How many there were of any kind, by whose they were. */
  readonly statements = new Map<string, number>()
  /** How long they took in real milliseconds, from being sent to being answered. */
  realMs = 0
  #toldMs = -1
  readonly #client: Client
  readonly #scheduler: Scheduler

  constructor(client: Client, scheduler: Scheduler) {
    this.#client = client
    this.#scheduler = scheduler
  }

  /** A write to a socket costs more than most of our statements do. */
  inOnePacket<T>(send: () => T): T {
    const { stream } = (this.#client as unknown as { connection: { stream: Socket } }).connection
    stream.cork()
    try {
      return send()
    } finally {
      stream.uncork()
    }
  }

  /** Sent, not awaited: what is sent next finds it. */
  tell(): void {
    const { nowMs } = this.#scheduler.time
    if (nowMs === this.#toldMs) return
    this.#toldMs = nowMs
    this.#client
      .query(`select set_config('hangar.now', $1, false)`, [new Date(nowMs).toISOString()])
      .catch(this.#scheduler.onError)
  }
}

type Transaction = {
  whole: Promise<Result>
  end: (result: Result) => void
}

/** What kysely takes for a client of a pool. */
class Connection {
  readonly #actor: Actor
  readonly #scheduler: Scheduler
  readonly #store: Store
  readonly #clock: SqlClock
  #transaction: Transaction | null = null

  constructor(actor: Actor, scheduler: Scheduler, store: Store, clock: SqlClock) {
    this.#actor = actor
    this.#scheduler = scheduler
    this.#store = store
    this.#clock = clock
  }

  release(): void {}

  query(text: string, values: readonly unknown[]): Promise<Result> {
    if (text.startsWith('set statement_timeout')) return Promise.resolve(NOTHING)
    if (text === 'begin') return this.#begin()
    if (this.#transaction) {
      return text === 'commit' || text === 'rollback'
        ? this.#end(this.#transaction, text)
        : this.#send(text, values)
    }
    // After a begin or a commit that failed there is nothing to roll back.
    if (text === 'rollback') return Promise.resolve(NOTHING)
    return this.#scheduler.turn(this.#actor, 'sql', labelOf(text), () => this.#send(text, values), broken)
  }

  #begin(): Promise<Result> {
    return new Promise((resolve, reject) => {
      const whole: Promise<Result> = this.#scheduler.turn(
        this.#actor,
        'sql',
        'transaction',
        () =>
          new Promise<Result>((end, fail) => {
            // What follows is sent behind it, without waiting for its answer.
            this.#send('begin', []).catch(fail)
            this.#transaction = { whole, end }
            this.#scheduler.current = this.#actor
            resolve(NOTHING)
          }),
        broken,
      )
      whole.catch(reject)
    })
  }

  async #end(transaction: Transaction, text: string): Promise<Result> {
    this.#transaction = null
    try {
      transaction.end(await this.#send(text, []))
    } catch (error) {
      transaction.end(NOTHING)
      throw error
    }
    return transaction.whole
  }

  async #send(text: string, values: readonly unknown[]): Promise<Result> {
    if (text !== 'begin' && !text.startsWith('select')) this.#clock.writes++
    const { statements } = this.#clock
    statements.set(this.#actor.name, (statements.get(this.#actor.name) ?? 0) + 1)
    const { trace, time } = this.#scheduler
    const sent = this.#clock.rewrite(text)
    const sentAtMs = performance.now()
    const answer = this.#clock.inOnePacket(() => {
      this.#clock.tell()
      return this.#store.client.query(sent, values as unknown[])
    })
    const result = (await answer) as unknown as Result
    this.#clock.realMs += performance.now() - sentAtMs
    if (trace.lines && text !== 'begin')
      trace.remark(time.elapsedMs, this.#actor.name, `${labelOf(text)} ${shown(values)} → ${result.rowCount}`)
    return result
  }
}

const NOTHING: Result = { command: 'SET', rowCount: 0, rows: [] }

const broken = () => new Error('Connection terminated unexpectedly')

const labels = new Map<string, string>()

/** A statement in a few words: what it does to which tables. */
function labelOf(text: string): string {
  let label = labels.get(text)
  if (label === undefined) {
    const words = /\b(?:update|insert into|delete from)\s+([\w."]+)/gi
    const written = [...text.matchAll(words)].map((match) =>
      match[0].replaceAll('"', '').replace(/\s+/g, ' '),
    )
    const read = /\bfrom\s+([\w."]+)/i.exec(text)?.[1]?.replaceAll('"', '')
    label = written.length > 0 ? [...new Set(written)].join(', ') : `select ${read ?? text.slice(0, 40)}`
    labels.set(text, label)
  }
  return label
}

function shown(values: readonly unknown[]): string {
  const text = JSON.stringify(values).replaceAll(/:[0-9a-f]{8}-[0-9a-f-]{27}/g, '')
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
