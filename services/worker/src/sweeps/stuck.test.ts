import { randomUUID } from 'node:crypto'
import { STUCK, type StuckState } from '@hangar/core'
import {
  claimLease,
  engageBrake,
  findActiveOverride,
  findInspection,
  findWant,
  insertInspection,
  insertOverride,
  listAudit,
  raiseWant,
  releaseBrake,
} from '@hangar/db'
import { createUser, setTier } from '@hangar/testkit'
import { afterEach, describe, expect, test } from '@jest/globals'
import { reconcileUser } from '../reconcile/job.ts'
import { useEngine } from '../testing/engine.ts'
import { queryRows } from '../testing/rows.ts'
import { sweepStuck } from './stuck.ts'

const engine = useEngine()
const db = () => engine.database.db
const signal = () => new AbortController().signal
const sweep = () => sweepStuck(engine.deps, signal())
const sql = <Row extends object>(...statements: string[]) =>
  queryRows<Row>(engine.database.url, ...statements)

type Alert = {
  severity: string
  message: string
  details: Record<string, unknown>
  open: boolean
  times: number
}
const alertsOf = (subject: string) =>
  sql<Alert>(`select severity, message, details, resolved_at is null as open, times from hangar.alerts
    where kind = 'stuck' and subject = '${subject}' order by id`)

const step = (userId: string, failing?: string) => {
  if (failing !== undefined) engine.sim.sim.faults.add({ kind: 'internal', match: { operation: failing } })
  return reconcileUser(engine.deps, userId, signal())
}
const at = (columns: string, userId: string) =>
  sql(`update public.user_fly_apps set ${columns} where user_id = '${userId}'`)
const ago = (ms: number) => `hangar.now() - interval '${ms / 1000} seconds'`

async function started(): Promise<string> {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  return userId
}

afterEach(async () => {
  engine.sim.sim.faults.clear()
  await releaseBrake(db(), 'operator')
})

/** Events cannot be changed but by whom no trigger sees. */
async function underWay(operation: 'resize' | 'repair') {
  const userId = await started()
  const type = `${operation}_started`
  const age = (ms: number) =>
    sql(
      `set session_replication_role = replica`,
      `delete from public.user_fly_app_events where user_id = '${userId}' and event_type = '${type}'`,
      `insert into public.user_fly_app_events (user_fly_app_id, user_id, event_type, status, actor, created_at)
       select id, user_id, '${type}', 'started', 'test', ${ago(ms)} from public.user_fly_apps
       where user_id = '${userId}'`,
      `update public.user_fly_apps set operation = '${operation}' where user_id = '${userId}'`,
    )
  return { userId, age }
}

/** Brings a user into the state, as the engine does it, and says how to make it as old as is asked. */
type Held = {
  userId: string
  age: (ms: number) => Promise<unknown>
  /** What has to happen besides the engine's work. */
  cure?: () => Promise<unknown>
}
const STATES: Record<StuckState, () => Promise<Held>> = {
  provisioning: async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await step(userId, 'machines.create')
    return { userId, age: (ms) => at(`created_at = ${ago(ms)}`, userId) }
  },
  deprovisioning: async () => {
    const userId = await started()
    await setTier(db(), userId, 'free')
    await step(userId, 'machines.stop')
    return { userId, age: (ms) => at(`teardown_started_at = ${ago(ms)}`, userId) }
  },
  resize: () => underWay('resize'),
  repair: () => underWay('repair'),
  error: async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    engine.sim.sim.faults.add({ kind: 'machine_limit', match: { operation: 'machines.create' } })
    await step(userId)
    return { userId, age: (ms) => at(`created_at = ${ago(ms)}`, userId) }
  },
  silent: async () => {
    const userId = await started()
    const health = (verdict: string) => at(`health_status = '${verdict}'`, userId)
    const age = async (ms: number) => {
      await at(`launched_at = ${ago(86_400_000)}`, userId)
      await health('unhealthy')
      await sql(`update hangar.app_heartbeats set last_heartbeat_at = ${ago(ms)} where user_id = '${userId}'`)
    }
    return { userId, age, cure: () => health('healthy') }
  },
  lease: async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await claimLease(db(), { userId, owner: 'a worker that died', ttlMs: 1_000 })
    const age = (ms: number) =>
      sql(`update hangar.user_work set lease_expires_at = ${ago(ms)} where user_id = '${userId}'`)
    return { userId, age }
  },
  wanted: async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    const age = (ms: number) =>
      sql(`update hangar.user_wants set updated_at = ${ago(ms)} where user_id = '${userId}'`)
    return { userId, age }
  },
}

describe('each passing state has a deadline', () => {
  test.each(Object.keys(STUCK) as StuckState[])(
    '%s: told of when it is over, with a way out, and resolved by itself',
    async (state) => {
      const { userId, age, cure } = await STATES[state]()
      const { afterMs, severity, engine: does, operator } = STUCK[state]
      await age(afterMs - 5_000)
      await sweep()
      expect(await alertsOf(userId)).toEqual([])
      await age(afterMs + 61_000)
      await sweep()
      await sweep()
      const minutes = afterMs / 60_000 + 1
      expect(await alertsOf(userId)).toMatchObject([
        {
          open: true,
          severity,
          times: 2,
          message: expect.stringMatching(`^${state} for ${minutes} min: `),
          details: { state, engine: does, operator },
        },
      ])
      engine.sim.sim.faults.clear()
      await raiseWant(db(), userId, 'operator')
      await engine.drive(userId)
      await cure?.()
      await sweep()
      expect(await alertsOf(userId)).toMatchObject([{ open: false }])
    },
  )
})

describe('a row that everybody has forgotten', () => {
  test.each(['provisioning', 'deprovisioning', 'repair'] as const)(
    '%s, and nothing is wanted: a want is raised, once',
    async (state) => {
      const { userId, age } = await STATES[state]()
      engine.sim.sim.faults.clear()
      await age(STUCK[state].afterMs + 1_000)
      await sql(`update hangar.user_work work set done_version = want.wanted_version, next_attempt_at = null,
        failed_attempts = 0 from hangar.user_wants want
        where want.user_id = work.user_id and work.user_id = '${userId}'`)
      const before = (await findWant(db(), userId))!.wantedVersion
      expect((await sweep()).taken_up).toBe(1)
      expect((await sweep()).taken_up).toBe(0)
      expect((await findWant(db(), userId))!.wantedVersion).toBe(before + 1)
      await engine.drive(userId)
      const [row] = await engine.generations(userId)
      expect(row?.status).toBe(state === 'deprovisioning' ? 'deleted' : 'active')
    },
  )

  test('behind a crowd that is stuck for longer and has all the alerts: taken up all the same', async () => {
    const { userId, age } = await STATES.provisioning()
    engine.sim.sim.faults.clear()
    await age(STUCK.provisioning.afterMs + 1_000)
    await sql(`update hangar.user_work work set done_version = want.wanted_version, next_attempt_at = null,
      failed_attempts = 0 from hangar.user_wants want
      where want.user_id = work.user_id and work.user_id = '${userId}'`)
    await sql(`insert into hangar.user_wants (user_id, wanted_version, source, updated_at)
      select gen_random_uuid(), 1, 'sweep', ${ago(86_400_000)} from generate_series(1, 201)`)
    const before = (await findWant(db(), userId))!.wantedVersion
    expect(await sweep()).toMatchObject({ taken_up: 1 })
    expect((await findWant(db(), userId))!.wantedVersion).toBe(before + 1)
    expect(await alertsOf('')).toMatchObject([{ open: true, message: expect.stringMatching(/^2\d\d users/) }])
    await sql(`delete from hangar.user_wants where updated_at < ${ago(86_000_000)}`)
    await sweep()
    expect(await alertsOf('')).toMatchObject([{ open: false }])
  })

  test('an app that is silent is no such row: nobody is woken for it', async () => {
    const { userId, age } = await STATES.silent()
    await age(STUCK.silent.afterMs + 1_000)
    const before = await findWant(db(), userId)
    await sweep()
    expect(await alertsOf(userId)).toMatchObject([
      { open: true, details: { state: 'silent', force: 'recreate' } },
    ])
    expect(await findWant(db(), userId)).toEqual(before)
  })

  test('one that backs off is not woken: its count of failures goes on', async () => {
    const { userId, age } = await STATES.provisioning()
    await age(STUCK.provisioning.afterMs + 1_000)
    const before = await findWant(db(), userId)
    await sweep()
    expect(await findWant(db(), userId)).toEqual(before)
  })
})

describe('what waits because somebody said so', () => {
  test('a brake has its own alert', async () => {
    const userId = await started()
    await engageBrake(db(), 'operator', { by: 'test', reason: 'let me look' })
    await setTier(db(), userId, 'free')
    await step(userId)
    await sql(
      `update hangar.user_wants set updated_at = ${ago(STUCK.wanted.afterMs + 1_000)} where user_id = '${userId}'`,
    )
    await sweep()
    expect(await alertsOf(userId)).toEqual([])
  })

  test('a paused user', async () => {
    const { userId, age } = await STATES.deprovisioning()
    await age(STUCK.deprovisioning.afterMs + 1_000)
    await db()
      .transaction()
      .execute((tx) => insertOverride(tx, { userId, desired: 'paused', reason: 'look', actor: 'user:1' }))
    await sweep()
    expect(await alertsOf(userId)).toEqual([])
  })
})

describe('what nobody else ends by the clock', () => {
  test('an override past its expiry ends, and the tier decides again', async () => {
    const { userId } = await createUser(db(), { tier: 'free' })
    await db()
      .transaction()
      .execute((tx) => insertOverride(tx, { userId, desired: 'on', reason: 'trial', actor: 'user:1' }))
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({ status: 'active' })
    await sql(`update hangar.user_overrides set expires_at = ${ago(1_000)} where user_id = '${userId}'`)
    expect((await sweep()).overrides_ended).toBe(1)
    expect(await findActiveOverride(db(), userId)).toBeNull()
    expect(await listAudit(db(), { userId, limit: 1 })).toMatchObject([{ action: 'override.expired' }])
    await engine.drive(userId)
    expect((await engine.generations(userId)).map((row) => row.status)).toEqual(['deleted'])
    expect((await sweep()).overrides_ended).toBe(0)
  })

  test('questions are forgotten after a day', async () => {
    const { userId } = await createUser(db(), { tier: 'free' })
    const [old, fresh] = [randomUUID(), randomUUID()]
    for (const id of [old, fresh])
      await insertInspection(db(), { id, userId, question: {}, requestedBy: 'test' })
    await sql(`update hangar.inspections set created_at = ${ago(86_401_000)} where id = '${old}'`)
    await sweep()
    expect(await findInspection(db(), old)).toBeNull()
    expect(await findInspection(db(), fresh)).not.toBeNull()
  })
})
