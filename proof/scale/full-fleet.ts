/**
 * A fleet of any size that is up and well: the engine makes one app, and all others are copies of what it left behind, in
 * PostgreSQL and, where they are asked for, on the stand-in of Fly. The engine itself would take hours.
 */
import { runSql } from '@hangar/testkit/local'
import { isDone, setTiers, startFleet, type Fleet, until, ask } from './fleet.ts'
import type { Store } from '../simulation/database.ts'

export type FullFleetOptions = {
  store: Store
  databaseUrl: string
  users: number
  /** Whether Fly has their apps too: a stand-in in memory has room for some 100,000. */
  onFly: boolean
  say: (line: string) => void
}

/** Copied in one statement. */
const PAGE = 100_000
/** Older than what a listing of Fly's may be behind. */
const SETTLED_MS = 180_000
/** A life has 14 events, and nothing that comes by the clock reads more of them than the last. */
const EVENTS_OF_EACH = 1
/** Real time: a statement over a million rows is slow, and not stuck. */
const STUCK_AFTER_MS = 600_000
const LIMIT_MS = 600_000

export async function startFullFleet(options: FullFleetOptions): Promise<Fleet> {
  const { store, databaseUrl, users, onFly, say } = options
  const fleet = await startFleet({ store, users: 0, workers: 1, slots: 20, seed: 1, sweeps: false })
  fleet.simulation.scheduler.stuckAfterMs = STUCK_AFTER_MS
  const first = fleet.latecomer
  await setTiers(fleet, [first], 'pro')
  fleet.simulation.wake(first, 'provision', 'webhook')
  await until(fleet, 'the first app is up', () => isDone(fleet, [first]), LIMIT_MS)
  await fleet.simulation.run(SETTLED_MS)
  await ask(fleet, `update hangar.app_heartbeats set last_heartbeat_at = hangar.now() + interval '1 day'`)
  const names = await namesOf(fleet, first)
  for (let from = 1; from < users; from += PAGE) {
    say(`rows of ${Math.min(users - 1, from + PAGE - 1).toLocaleString('en')} users`)
    await copyRows(databaseUrl, names, { from, to: Math.min(users - 1, from + PAGE - 1) })
  }
  await runSql(databaseUrl, 'vacuum analyze')
  if (onFly) copyApps(fleet, names, users - 1)
  return fleet
}

type Names = { userId: string; appId: string; appName: string; network: string; machineId: string }

async function namesOf(fleet: Fleet, user: string): Promise<Names> {
  const [names] = await ask<Names>(
    fleet,
    `select user_id as "userId", id as "appId", fly_app_name as "appName", network, fly_machine_id as "machineId"
     from public.user_fly_apps where user_id = $1 and deleted_at is null`,
    [user],
  )
  if (!names) throw new Error('the first user has no app')
  return names
}

/** By its number: the same in SQL and here. */
const COPY = {
  userId: (n: string) => `('ffffffff-0000-4000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`,
  appId: (n: string) => `('ffffffff-0000-4000-9000-' || lpad(to_hex(${n}), 12, '0'))::uuid`,
  appName: (n: string) => `'vyx-user-' || lpad(to_hex(${n}), 10, '0')`,
  machineId: (n: string) => `lpad(to_hex(${n}), 14, '0')`,
}

function copyOf(n: number): Names {
  const hex = (digits: number) => n.toString(16).padStart(digits, '0')
  const appName = `vyx-user-${hex(10)}`
  const [userId, appId] = [`ffffffff-0000-4000-8000-${hex(12)}`, `ffffffff-0000-4000-9000-${hex(12)}`]
  return { userId, appId, appName, network: appName, machineId: hex(14) }
}

type Copied = { table: string; keys: Record<string, string>; most?: number }

const USER = { user_id: COPY.userId('n') }
const APP = { ...USER, user_fly_app_id: COPY.appId('n') }
const serial = (table: string) => ({ id: `nextval(pg_get_serial_sequence('${table}', 'id'))` })

/** What one life leaves behind. */
const TABLES: readonly Copied[] = [
  { table: 'public.user_subscriptions', keys: USER },
  { table: 'hangar.user_wants', keys: USER },
  { table: 'hangar.user_work', keys: USER },
  {
    table: 'public.user_fly_apps',
    keys: {
      ...USER,
      id: COPY.appId('n'),
      fly_app_name: COPY.appName('n'),
      network: COPY.appName('n'),
      fly_machine_id: COPY.machineId('n'),
    },
  },
  { table: 'hangar.app_heartbeats', keys: { ...APP, machine_id: COPY.machineId('n') } },
  { table: 'hangar.trader_placement', keys: APP },
  { table: 'hangar.cost_intervals', keys: { ...APP, ...serial('hangar.cost_intervals') } },
  {
    table: 'public.user_fly_app_events',
    keys: { ...APP, ...serial('public.user_fly_app_events') },
    most: EVENTS_OF_EACH,
  },
]

/** Without triggers: nobody has to be woken for what is done already. */
async function copyRows(
  url: string,
  first: Names,
  { from, to }: { from: number; to: number },
): Promise<void> {
  const statements = TABLES.map(({ table, keys, most = 10 }) => {
    const fields = Object.entries(keys).map(([column, value]) => `'${column}', ${value}`)
    return `
      insert into ${table} overriding system value
      select copy.* from (select * from ${table} where user_id = '${first.userId}' limit ${most}) one
      cross join generate_series(${from}, ${to}) n
      cross join lateral jsonb_populate_record(one::${table}, jsonb_build_object(${fields.join(', ')})) copy`
  })
  const people = [
    `insert into auth.users (id, email)
     select ${COPY.userId('n')}, 'user-' || n || '@example.test' from generate_series(${from}, ${to}) n`,
    `insert into public.user_profiles (id, email)
     select ${COPY.userId('n')}, 'user-' || n || '@example.test' from generate_series(${from}, ${to}) n`,
  ]
  await runSql(url, `set session_replication_role = 'replica'`, ...people, ...statements)
}

/** The stand-in's own records under other names, its clocks and goals as the first one's. */
function copyApps({ simulation }: Fleet, first: Names, count: number): void {
  const { world } = simulation.memory.sim
  const app = world.apps.get(first.appName)
  const machine = world.machines.get(first.machineId)
  if (!app || !machine) throw new Error('the first app is not on Fly')
  const template = JSON.stringify(machine)
  for (let n = 1; n <= count; n++) {
    const names = copyOf(n)
    let text = template
    for (const key of Object.keys(names) as (keyof Names)[]) text = text.replaceAll(first[key], names[key])
    const copy = JSON.parse(text) as typeof machine
    world.machines.set(copy.id, copy)
    const machines = new Map([[copy.id, copy]])
    world.apps.set(names.appName, { ...app, name: names.appName, network: names.network, machines })
  }
}
