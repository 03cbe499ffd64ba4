/**
 * A teardown ends from every state: each status and operation a row can be in, times each thing that can be on Fly.
 * The rows are put there by hand, because some of these meetings take two accidents.
 */
import { insertOverride, raiseWant, writeSetting } from '@hangar/db'
import { createUser, setTier, waitFor } from '@hangar/testkit'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'
import { queryRows } from '../testing/rows.ts'

const engine = useEngine()
const db = () => engine.database.db
const fly = () => engine.deps.fly

/** Each test here takes somebody's app away: no accident, but what is asked. */
beforeAll(() =>
  db()
    .transaction()
    .execute((tx) => writeSetting(tx, 'teardownBurst', { least: 10_000 }, 'test')),
)
afterEach(() => engine.sim.sim.faults.clear())

const NO_MACHINE = 'fly_machine_id = null, fly_instance_id = null, launched_at = null, started_at = null'
const ROWS: Record<string, string> = {
  'reserved, no machine on record': `status = 'provisioning', deployed_at = null, ${NO_MACHINE}`,
  'provisioning, with a machine': `status = 'provisioning', deployed_at = null`,
  active: `status = 'active'`,
  resizing: `operation = 'resize'`,
  'resizing, drained': `operation = 'resize', drain_started_at = hangar.now()`,
  repairing: `operation = 'repair', started_at = null`,
  'given up while made': `status = 'error', deployed_at = null, error_code = 'fly_internal', retry_count = 7`,
  'ending, given up': `status = 'error', teardown_started_at = hangar.now()`,
  'ending, draining': `status = 'deprovisioning', teardown_started_at = hangar.now(), drain_started_at = hangar.now()`,
}

type Place = { app: string; machine: string }
const raw = async (method: string, path: string, body?: object) => {
  const headers = { Authorization: `Bearer ${engine.sim.token}`, 'Content-Type': 'application/json' }
  const response = await fetch(`${engine.sim.url}/v1${path}`, { method, headers, body: JSON.stringify(body) })
  expect(response.ok).toBe(true)
}
const settle = (app: string, machine: string, state: 'stopped' | 'destroyed') =>
  fly().machines.wait(app, machine, { states: [state], timeoutMs: 5_000 })

const FLY: Record<string, (place: Place) => Promise<unknown>> = {
  'a machine that runs': () => Promise.resolve(),
  'a machine that is stopped': async ({ app, machine }) => {
    await fly().machines.stop(app, machine)
    await settle(app, machine, 'stopped')
  },
  'a machine that failed': ({ app, machine }) => inState(app, machine, 'failed'),
  'a machine that is being made': ({ app, machine }) => inState(app, machine, 'creating'),
  'a machine in a state nobody knows': ({ app, machine }) => inState(app, machine, 'hibernating'),
  'a machine on a host that does not answer': () =>
    Promise.resolve(engine.sim.sim.faults.add({ kind: 'host_unreachable', match: {} })),
  'no machine': ({ app, machine }) => fly().machines.delete(app, machine, { force: true }),
  'two machines': async ({ app, machine }) => {
    const { config } = await fly().machines.get(app, machine)
    await fly().machines.create(app, { name: 'another', region: 'iad', config: config! })
  },
  'no app': ({ app }) => fly().apps.delete(app, { force: true }),
  "a stranger's app": async ({ app }) => {
    await fly().apps.delete(app, { force: true })
    await waitFor(() => !engine.sim.sim.world.apps.has(app), { what: 'the name to be free' })
    await raw('POST', '/apps', { app_name: app, org_slug: 'elsewhere' })
  },
  'nothing to be seen at first': () => {
    const answers = { kind: 'unavailable', count: 3 } as const
    engine.sim.sim.faults.add({ ...answers, match: { operation: 'machines.list' } })
    engine.sim.sim.faults.add({ ...answers, match: { operation: 'machines.get' } })
    return Promise.resolve()
  },
}

/** As Fly would show it; the stand-in moves no machine that it is not on the way with. */
function inState(app: string, machineId: string, state: string): Promise<void> {
  const machine = engine.sim.sim.world.machines.get(machineId)
  if (machine?.appName !== app) throw new Error(`${machineId} is not in ${app}`)
  Object.assign(machine, { state })
  return Promise.resolve()
}

describe.each(Object.entries(ROWS))('a row that is %s', (_row, columns) => {
  test.each(Object.entries(FLY))('and on Fly %s', async (there, prepare) => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await engine.drive(userId)
    const { flyAppName, flyMachineId } = await engine.live(userId)
    await prepare({ app: flyAppName, machine: flyMachineId! })
    await queryRows(
      engine.database.url,
      `update public.user_fly_apps set ${columns} where user_id = '${userId}'`,
    )
    // Long ago: what was made within the last minute need not be shown by Fly yet, and is waited for.
    const earlier = `created_at = created_at - interval '2 minutes' where user_id = '${userId}'`
    await queryRows(
      engine.database.url,
      "set session_replication_role = 'replica'",
      `update public.user_fly_apps set ${earlier}`,
      `update public.user_fly_app_events set ${earlier}`,
    )
    await setTier(db(), userId, 'free')
    expect((await engine.drive(userId)).kind).toBe('done')
    const rows = await engine.generations(userId)
    expect(rows).toMatchObject([{ status: 'deleted', operation: null, errorCode: null }])
    expect(rows[0]?.deletedAt).toBeInstanceOf(Date)
    const left = engine.sim.sim.world.apps.get(flyAppName)
    expect(left?.orgSlug).toBe(there === "a stranger's app" ? 'elsewhere' : undefined)
  })
})

describe('forced', () => {
  test.each(Object.entries(ROWS))(
    'abandon closes a row that is %s, whatever Fly says',
    async (_row, columns) => {
      const { userId } = await createUser(db(), { tier: 'pro' })
      await engine.drive(userId)
      const { id } = await engine.live(userId)
      await queryRows(
        engine.database.url,
        `update public.user_fly_apps set ${columns} where user_id = '${userId}'`,
        `insert into hangar.forced_actions (user_fly_app_id, action, reason, actor)
       values ('${id}', 'abandon', 'Fly is of no help', 'test')`,
      )
      engine.sim.sim.faults.add({ kind: 'app_delete_stuck', match: {} })
      await setTier(db(), userId, 'free')
      expect((await engine.drive(userId)).kind).toBe('done')
      expect((await engine.generations(userId)).map((row) => row.status)).toEqual(['deleted'])
      expect(await engine.eventTypes(userId)).toContain('deprovision_abandoned')
    },
  )
})

test('a teardown that nobody knows to be due waits; an operator who says "off" ends it', async () => {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  await queryRows(
    engine.database.url,
    `update public.user_fly_apps set status = 'deprovisioning', teardown_started_at = hangar.now()
     where user_id = '${userId}'`,
    `update public.user_subscriptions set status = 'limbo' where user_id = '${userId}'`,
  )
  await expect(engine.drive(userId, { maxLooks: 3 })).rejects.toThrow('held: subscription status limbo')
  await db()
    .transaction()
    .execute(async (tx) => {
      await insertOverride(tx, { userId, desired: 'off', reason: 'they have left', actor: 'user:1' })
      await raiseWant(tx, userId, 'operator')
    })
  expect((await engine.drive(userId)).kind).toBe('done')
  expect((await engine.generations(userId)).map((row) => row.status)).toEqual(['deleted'])
})
