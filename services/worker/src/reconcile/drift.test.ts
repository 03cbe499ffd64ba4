/** What somebody does to the machines by hand, and what comes of it: put right, or told and left. */
import { ownershipMetadata } from '@hangar/core'
import { type AppRow, raiseWant } from '@hangar/db'
import type { MachineConfig } from '@hangar/fly-client'
import { createUser, runSql, setTier } from '@hangar/testkit'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { sweepHealth } from '../sweeps/health.ts'
import { useEngine } from '../testing/engine.ts'

const engine = useEngine()
const db = () => engine.database.db
const fly = () => engine.deps.fly
const signal = () => new AbortController().signal

const machinesOf = (app: string) =>
  [...engine.sim.sim.world.machines.values()].filter(
    (machine) => machine.appName === app && machine.state !== 'destroyed',
  )
const deedsOf = (app: string) =>
  engine.sim.sim.calls.list({ app }).filter((call) => call.method !== 'GET' && call.applied)

let userId: string
let row: AppRow

/** Long enough ago that Fly's listing is believed. */
async function launchedLongAgo(): Promise<void> {
  await runSql(
    engine.database.url,
    `update public.user_fly_apps set launched_at = launched_at - interval '1 hour' where user_id = '${userId}'`,
  )
}

/** One machine's configuration, changed the way a person with flyctl changes it. */
async function changeByHand(change: (config: MachineConfig) => MachineConfig): Promise<void> {
  const machine = await fly().machines.get(row.flyAppName, row.flyMachineId!)
  await fly().machines.update(row.flyAppName, machine.id, { config: change(machine.config!) })
  await fly().machines.wait(row.flyAppName, machine.id, { states: ['started'], timeoutMs: 5_000 })
}

async function lookAgain(): Promise<AppRow> {
  await raiseWant(db(), userId, 'sweep')
  await engine.drive(userId)
  return engine.live(userId)
}

async function sweepAndDrive(): Promise<number> {
  const { woken } = await sweepHealth(engine.deps, signal())
  await engine.drive(userId)
  return woken
}

async function paidUser(): Promise<void> {
  ;({ userId } = await createUser(db(), { tier: 'pro' }))
  await engine.drive(userId)
  row = await engine.live(userId)
  await launchedLongAgo()
}

beforeEach(paidUser)

describe('corrected', () => {
  test('a machine destroyed by hand is made anew', async () => {
    await fly().machines.delete(row.flyAppName, row.flyMachineId!, { force: true })
    const after = await lookAgain()
    expect(after).toMatchObject({ id: row.id, status: 'active', operation: null })
    expect(machinesOf(row.flyAppName).map((machine) => machine.id)).toEqual([after.flyMachineId])
    expect(after.flyMachineId).not.toBe(row.flyMachineId)
  })

  test('a machine stopped by hand is started', async () => {
    await fly().machines.stop(row.flyAppName, row.flyMachineId!)
    await fly().machines.wait(row.flyAppName, row.flyMachineId!, { states: ['stopped'], timeoutMs: 5_000 })
    expect(await lookAgain()).toMatchObject({ status: 'active', flyMachineId: row.flyMachineId })
    expect(machinesOf(row.flyAppName)).toMatchObject([{ id: row.flyMachineId, state: 'started' }])
  })

  test('another size is drained and put back', async () => {
    await changeByHand((config) => ({ ...config, guest: { ...config.guest, memory_mb: 2_048 } }))
    const after = await lookAgain()
    expect(after).toMatchObject({ status: 'active', operation: null, memoryMb: 512, drift: null })
    expect(machinesOf(row.flyAppName)[0]?.config.guest).toMatchObject({ memory_mb: 512 })
    expect(await engine.eventTypes(userId)).toEqual(
      expect.arrayContaining(['resize_started', 'resize_drained', 'resize_completed']),
    )
  })

  test.each([
    ['with our marks', true],
    ["by a person's hand", false],
  ])('a second machine, %s, goes; ours keeps running', async (_what, marked) => {
    const config = (await fly().machines.get(row.flyAppName, row.flyMachineId!)).config!
    const metadata = marked ? config.metadata! : {}
    const extra = { ...config, metadata, guest: { ...config.guest, memory_mb: 1_024 } }
    await fly().machines.create(row.flyAppName, { name: 'another', region: 'iad', config: extra })
    await lookAgain()
    expect(machinesOf(row.flyAppName).map((machine) => machine.id)).toEqual([row.flyMachineId])
    expect(machinesOf(row.flyAppName)[0]?.instanceId).toBe(row.flyInstanceId)
  })

  test('ours destroyed and another there with our marks: the other is adopted and sized', async () => {
    const config = (await fly().machines.get(row.flyAppName, row.flyMachineId!)).config!
    const guest = { ...config.guest, memory_mb: 1_024 }
    const other = await fly().machines.create(row.flyAppName, {
      name: 'another',
      region: 'iad',
      config: { ...config, guest },
    })
    await fly().machines.delete(row.flyAppName, row.flyMachineId!, { force: true })
    await lookAgain()
    const after = await lookAgain()
    expect(after).toMatchObject({ status: 'active', flyMachineId: other.id, memoryMb: 512 })
    expect(machinesOf(row.flyAppName)).toMatchObject([
      { id: other.id, config: { guest: { memory_mb: 512 } } },
    ])
  })
})

const REPORTED: [string, (config: MachineConfig) => MachineConfig, object[]][] = [
  [
    'image',
    (config) => ({ ...config, image: 'registry.example/screener:2' }),
    [{ field: 'image', want: 'registry.example/screener:1', have: 'registry.example/screener:2' }],
  ],
  [
    'environment',
    (config) => ({ ...config, env: { ...config.env, PORT: '9090', ALPACA_SECRET: 'hunter2' } }),
    [
      { field: 'env.ALPACA_SECRET', want: null, have: '(value not shown)' },
      { field: 'env.PORT', want: '8080', have: '9090' },
    ],
  ],
  [
    'restart policy',
    (config) => ({ ...config, restart: { policy: 'no' } }),
    [{ field: 'restart', want: '{"policy":"always"}', have: '{"policy":"no"}' }],
  ],
  [
    'stop settings',
    (config) => ({ ...config, stop_config: { signal: 'SIGINT', timeout: '1s' } }),
    [{ field: 'stop_config', have: '{"signal":"SIGINT","timeout":"1s"}' }],
  ],
  [
    'a service that stops it when idle',
    (config) => ({ ...config, services: [{ protocol: 'tcp', internal_port: 8080, autostop: 'stop' }] }),
    [{ field: 'services', want: null }],
  ],
  ['checks', (config) => ({ ...config, checks: {} }), [{ field: 'checks.health', have: null }]],
  [
    'marks',
    (config) => ({ ...config, metadata: { ...config.metadata, hangar_generation: '7', team: 'ops' } }),
    [{ field: 'metadata.hangar_generation', want: '1', have: '7' }],
  ],
  ['the command', (config) => ({ ...config, init: { cmd: ['sleep'] } }), [{ field: 'other', have: 'init' }]],
]

describe('reported', () => {
  test.each(REPORTED)('%s: told once, and left as it is', async (_what, change, fields) => {
    await changeByHand(change)
    const deeds = deedsOf(row.flyAppName).length
    expect(await sweepAndDrive()).toBe(1)
    const after = await engine.live(userId)
    expect(after).toMatchObject({ status: 'active', operation: null, drift: { fields } })
    expect(after.drift?.fields).toHaveLength(fields.length)
    await sweepAndDrive()
    await lookAgain()
    expect(deedsOf(row.flyAppName)).toHaveLength(deeds)
    const types = await engine.eventTypes(userId)
    expect(types.filter((type) => type.startsWith('drift'))).toEqual(['drift_found'])
    expect(JSON.stringify(await engine.events(userId))).not.toContain('hunter2')
  })

  test('put back by hand: it is over, and that is told', async () => {
    await changeByHand((config) => ({ ...config, image: 'registry.example/screener:2' }))
    await sweepAndDrive()
    await changeByHand((config) => ({ ...config, image: 'registry.example/screener:1' }))
    await sweepAndDrive()
    expect((await engine.live(userId)).drift).toBeNull()
    expect((await engine.eventTypes(userId)).slice(-2)).toEqual(['drift_found', 'drift_gone'])
  })

  test('a change of size writes the whole configuration, which ends it', async () => {
    await changeByHand((config) => ({ ...config, env: { ...config.env, EXTRA: '1' } }))
    await sweepAndDrive()
    await setTier(db(), userId, 'elite')
    await engine.drive(userId)
    expect(await engine.live(userId)).toMatchObject({ status: 'active', memoryMb: 1024, drift: null })
    expect(machinesOf(row.flyAppName)[0]?.config.env).not.toHaveProperty('EXTRA')
  })

  test('marks alone make no new version: the sweep sees them, once', async () => {
    await fly().machines.setMetadata(row.flyAppName, row.flyMachineId!, 'hangar_user', 'somebody')
    expect(await sweepAndDrive()).toBe(1)
    expect((await engine.live(userId)).drift?.fields).toMatchObject([{ field: 'metadata.hangar_user' }])
    expect(await sweepAndDrive()).toBe(0)
  })
})

describe('a setting that changed', () => {
  test('restarts nobody: environment and stop time are reported, the image is what the row was made with', async () => {
    const deeds = deedsOf(row.flyAppName).length
    const settings = {
      publicUrl: 'https://new.example',
      image: 'registry.example/screener:9',
      drainGraceMs: 60_000,
    }
    await raiseWant(db(), userId, 'sweep')
    await engine.drive(userId, { deps: engine.other('worker-b', settings) })
    const fields = (await engine.live(userId)).drift?.fields ?? []
    expect(fields.map(({ field }) => field)).toEqual([
      'env.HANGAR_DRAIN_GRACE_MS',
      'env.HANGAR_URL',
      'stop_config',
    ])
    expect(deedsOf(row.flyAppName)).toHaveLength(deeds)
  })
})

describe('the sweep', () => {
  test('wakes nobody whose machine is as the engine left it', async () => {
    expect(await sweepAndDrive()).toBe(0)
    expect(machinesOf(row.flyAppName)[0]?.config.metadata).toMatchObject(
      ownershipMetadata({ installationId: engine.deps.settings.installationId, userId, generation: 1 }),
    )
  })

  test('wakes for a second machine', async () => {
    const config = (await fly().machines.get(row.flyAppName, row.flyMachineId!)).config!
    await fly().machines.create(row.flyAppName, { name: 'another', region: 'iad', config })
    expect(await sweepAndDrive()).toBe(1)
    expect(machinesOf(row.flyAppName)).toHaveLength(1)
  })
})
