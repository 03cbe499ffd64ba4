/** Reads the parts of a history that lie in the database and in a stand-in of the same process. */
import type { Database } from '@hangar/db'
import type { Sim } from '@hangar/fly-sim'
import pg from 'pg'
import type { FlyAtTheEnd, History, RetainedTables } from './history.ts'

export type Rows = Pick<History, 'apps' | 'events' | 'costIntervals' | 'works' | 'wants'>

/** All of Hangar's rows; for as many users as a campaign has, not for a production database. */
export async function readRows(db: Database): Promise<Rows> {
  const [apps, events, costIntervals, works, wants] = await Promise.all([
    db.selectFrom('userFlyApps').selectAll().execute(),
    db.selectFrom('userFlyAppEvents').selectAll().orderBy('id').execute(),
    db.selectFrom('hangar.costIntervals').selectAll().execute(),
    db.selectFrom('hangar.userWork').selectAll().execute(),
    db.selectFrom('hangar.userWants').select(['userId', 'wantedVersion']).execute(),
  ])
  return { apps, events, costIntervals, works, wants }
}

export function readFly(sim: Sim): FlyAtTheEnd {
  const apps = [...sim.world.apps.values()].map(({ name, machines }) => ({
    name,
    machines: [...machines.values()].map(({ id, state, config }) => ({ id, state, guest: config.guest })),
  }))
  return { apps }
}

/** What Hangar must never lose or change, but for the two columns with which the product's own quota switches traders. */
const RETAINED = ['public.traders', 'public.trader_signals', 'public.trader_execution_history']
const SWITCHED_BY_THE_QUOTA = ['enabled', 'disabled_by']

/** Counts and checksums of the host's rows that outlive every app. */
export async function readRetained(connectionString: string): Promise<RetainedTables> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    const tables: Record<string, { rows: number; checksum: string }> = {}
    for (const table of RETAINED) {
      const { rows } = await client.query<{ rows: string; checksum: string }>(
        `select count(*) as rows, md5(coalesce(string_agg((to_jsonb(one) - $1::text[])::text, '' order by id), '')) as checksum
         from ${table} as one`,
        [SWITCHED_BY_THE_QUOTA],
      )
      tables[table] = { rows: Number(rows[0]?.rows), checksum: rows[0]?.checksum ?? '' }
    }
    return tables
  } finally {
    await client.end()
  }
}
