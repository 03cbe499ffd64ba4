/**
 * A fleet that is up and well, in the database and on the stand-in of Fly. The engine makes one app; the others are
 * copies of it under names of their own, in both, because the engine would take an hour for a hundred thousand.
 */
import { randomBytes, randomUUID } from 'node:crypto'

import { createDatabase } from '@hangar/db'
import { createLogger } from '@hangar/runtime'
import { createUser } from '@hangar/testkit/factories'
import pg from 'pg'

import { buildReconcileDeps } from '../../services/worker/src/build.ts'
import { activeApp, namesOf, reconcileToTheEnd } from './engine.ts'
import { askFly, type Fly } from './fly.ts'
import { fillIn, generalise, type Names } from './names.ts'
import { unlimitedFlyClient, workerConfig } from './worker.ts'

/** Copied in one statement. */
const PAGE = 5_000

type Dump = { world: { apps: unknown[] } }

export type Fleet = {
  /** Makes more apps, until there are so many. */
  growTo(count: number): Promise<void>
}

export async function startFleet(environment: Record<string, string>, fly: Fly): Promise<Fleet> {
  const first = await makeFirst(environment)
  const dump = await askFly<Dump>(fly, 'dump')
  const template = generalise(JSON.stringify(dump.world.apps[0]), first)
  const fleet = [first]
  await inDatabase(environment, (client) => settle(client, first))
  return {
    growTo: async (count) => {
      const added = Array.from({ length: count - fleet.length }, newNames)
      fleet.push(...added)
      await inDatabase(environment, (client) => copyRows(client, first, added))
      await loadFly(fly, dump, template, fleet)
    },
  }
}

async function makeFirst(environment: Record<string, string>): Promise<Names> {
  const config = workerConfig(environment)
  const logger = createLogger({ service: 'bench', level: 'silent' })
  const db = createDatabase({ connectionString: config.DATABASE_URL, applicationName: 'bench-fleet' })
  const fly = unlimitedFlyClient(config)
  try {
    const { userId } = await createUser(db, { tier: 'pro' })
    await reconcileToTheEnd(await buildReconcileDeps({ config, db, fly, logger }), userId)
    return namesOf(await activeApp(db, userId))
  } finally {
    await fly.close()
    await db.destroy()
  }
}

/** As Fly's own look: 14 hexadecimal digits, and an ULID. */
function newNames(): Names {
  const appName = `vyx-user-${randomBytes(6).toString('hex')}`
  const machineId = randomBytes(7).toString('hex')
  const instanceId = `01${randomBytes(12).toString('hex').toUpperCase()}`
  return { userId: randomUUID(), appId: randomUUID(), appName, machineId, instanceId }
}

async function inDatabase(
  environment: Record<string, string>,
  run: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: environment['DATABASE_URL'] })
  await client.connect()
  await run(client).finally(() => client.end())
}

async function copyRows(client: pg.Client, first: Names, added: readonly Names[]): Promise<void> {
  for (let from = 0; from < added.length; from += PAGE) {
    const page = JSON.stringify(added.slice(from, from + PAGE))
    for (const copy of COPIES) await client.query(copy, [page, ...(copy.includes('$2') ? [first.appId] : [])])
  }
  await client.query('vacuum analyze')
}

/** Launched long ago, so that a listing is believed of it; its heartbeat stays fresh for as long as this run lasts. */
async function settle(client: pg.Client, { appId, userId, machineId }: Names): Promise<void> {
  await client.query(`update user_fly_apps set launched_at = launched_at - interval '1 hour' where id = $1`, [
    appId,
  ])
  await client.query(
    `insert into hangar.app_heartbeats (user_fly_app_id, user_id, machine_id, last_heartbeat_at)
     values ($1, $2, $3, hangar.now() + interval '1 day')`,
    [appId, userId, machineId],
  )
}

const MEMBERS = `jsonb_to_recordset($1::jsonb) as
  member ("userId" uuid, "appId" uuid, "appName" text, "machineId" text, "instanceId" text)`

/** In this order. The product's trigger makes the wants; the work is as done as the first one's. */
const COPIES = [
  `insert into auth.users (id, email) select "userId", "userId" || '@example.test' from ${MEMBERS}`,
  `insert into user_profiles (id, email) select "userId", "userId" || '@example.test' from ${MEMBERS}
   on conflict (id) do nothing`,
  `insert into user_subscriptions (user_id, tier, status) select "userId", 'pro', 'active' from ${MEMBERS}`,
  `insert into hangar.user_work
   select copy.* from ${MEMBERS}
   join hangar.user_wants want on want.user_id = "userId"
   join hangar.user_work work on work.user_id = (select user_id from user_fly_apps where id = $2),
   jsonb_populate_record(work, jsonb_build_object('user_id', "userId", 'done_version', want.wanted_version,
     'planned_version', want.wanted_version)) copy`,
  `insert into user_fly_apps
   select copy.* from ${MEMBERS} join user_fly_apps app on app.id = $2,
   jsonb_populate_record(app, jsonb_build_object('id', "appId", 'user_id', "userId", 'fly_app_name', "appName",
     'network', "appName", 'fly_machine_id', "machineId", 'fly_instance_id', "instanceId")) copy`,
  `insert into hangar.app_heartbeats
   select copy.* from ${MEMBERS} join hangar.app_heartbeats beat on beat.user_fly_app_id = $2,
   jsonb_populate_record(beat, jsonb_build_object('user_fly_app_id', "appId", 'user_id', "userId",
     'machine_id', "machineId")) copy`,
  `insert into hangar.cost_intervals
   overriding system value
   select copy.* from ${MEMBERS} join hangar.cost_intervals part on part.user_fly_app_id = $2,
   jsonb_populate_record(part, jsonb_build_object('id', nextval(pg_get_serial_sequence('hangar.cost_intervals', 'id')),
     'user_fly_app_id', "appId", 'user_id', "userId")) copy`,
]

/** Sent as it is made: a hundred thousand apps are some hundred megabytes. */
async function loadFly(fly: Fly, dump: Dump, template: string, fleet: readonly Names[]): Promise<void> {
  const empty = JSON.stringify({ ...dump, world: { ...dump.world, apps: [] } })
  const at = empty.indexOf('"apps":[') + '"apps":['.length
  const encoder = new TextEncoder()
  function* body() {
    yield encoder.encode(empty.slice(0, at))
    for (const [number, names] of fleet.entries()) {
      yield encoder.encode((number === 0 ? '' : ',') + fillIn(template, names))
    }
    yield encoder.encode(empty.slice(at))
  }
  const response = await fetch(`${fly.adminUrl}/load`, {
    method: 'POST',
    body: ReadableStream.from(body()),
    duplex: 'half',
  })
  if (!response.ok) throw new Error(`The stand-in refused the fleet: ${await response.text()}`)
}
