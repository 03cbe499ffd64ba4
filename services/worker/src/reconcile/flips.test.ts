/**
 * The tier flips while a call to Fly is under way: at each call of a provision, a resize and a deprovision, before it
 * is applied and after. What the older work still meant to do is not done, and the last tier wins.
 */
import { writeSetting } from '@hangar/db'
import { createUser, setTier, waitFor } from '@hangar/testkit'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'

const engine = useEngine()
const db = () => engine.database.db
/** Long enough for the flip, which is one statement, to come in between. */
const SLOW_MS = 120

/** Each test here takes somebody's app away: no accident, but what is asked. */
beforeAll(() =>
  db()
    .transaction()
    .execute((tx) => writeSetting(tx, 'teardownBurst', { least: 10_000 }, 'test')),
)
afterEach(() => engine.sim.sim.faults.clear())

type Moment = [operation: string, kind: 'delay' | 'delay_after']
const moments = (reads: string[], deeds: string[]): Moment[] => [
  ...reads.map((operation): Moment => [operation, 'delay']),
  ...deeds.flatMap((operation): Moment[] => [
    [operation, 'delay'],
    [operation, 'delay_after'],
  ]),
]

/** Drives the user to rest, and flips while the operation's next call is slow. The last call begun before the flip. */
async function flipDuring(
  userId: string,
  [operation, kind]: Moment,
  flip: () => Promise<void>,
): Promise<number> {
  const { faults, calls } = engine.sim.sim
  const slow = faults.add({ kind, match: { operation }, count: 1, params: { ms: SLOW_MS } })
  const running = engine.drive(userId)
  await waitFor(() => slow.struck === 1, { what: `${operation} to be under way` })
  await flip()
  const { lastSeq } = calls
  await running
  return lastSeq
}

/** What was changed on an app by calls that began after the flip. */
const deedsAfter = (seq: number, app: string) =>
  engine.sim.sim.calls
    .list({ after: seq, app })
    .filter((call) => call.method !== 'GET' && call.applied)
    .map((call) => call.operation)

const BUILDING = ['apps.create', 'secrets.set', 'machines.create', 'machines.start', 'machines.update']
const building = (deeds: string[]) => deeds.filter((deed) => BUILDING.includes(deed))

const machinesOf = (app: string) =>
  [...engine.sim.sim.world.machines.values()].filter(
    (machine) => machine.appName === app && machine.state !== 'destroyed',
  )

async function started(tier = 'pro'): Promise<string> {
  const { userId } = await createUser(db(), { tier })
  await engine.drive(userId)
  return userId
}

/** The one live generation, up and sized, and nothing of the others on Fly. */
async function expectUp(userId: string, memoryMb: number): Promise<void> {
  const [live, ...ended] = await engine.generations(userId)
  expect(live).toMatchObject({ status: 'active', operation: null, memoryMb })
  expect(machinesOf(live!.flyAppName)).toMatchObject([
    { id: live!.flyMachineId, state: 'started', config: { guest: { memory_mb: memoryMb } } },
  ])
  for (const row of ended) expectEnded(row)
}

async function expectGone(userId: string): Promise<void> {
  for (const row of await engine.generations(userId)) expectEnded(row)
}

function expectEnded({ status, flyAppName }: { status: string; flyAppName: string }): void {
  expect(status).toBe('deleted')
  expect(engine.sim.sim.world.apps.has(flyAppName)).toBe(false)
}

describe('a provision', () => {
  const during = moments(['machines.wait'], ['apps.create', 'secrets.set', 'machines.create'])

  test.each(during)(
    'cancelled during %s (%s): nothing more is built, and what was is taken away',
    async (...at) => {
      const { userId } = await createUser(db(), { tier: 'pro' })
      const seq = await flipDuring(userId, at, () => setTier(db(), userId, 'free'))
      const rows = await engine.generations(userId)
      expect(rows).toHaveLength(1)
      expect(building(deedsAfter(seq, rows[0]!.flyAppName))).toEqual([])
      await expectGone(userId)
      expect(await engine.eventTypes(userId)).toContain('provision_superseded')
    },
  )

  test.each(during)('upgraded during %s (%s): one app, one machine, of the newer size', async (...at) => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await flipDuring(userId, at, () => setTier(db(), userId, 'elite'))
    await expectUp(userId, 1024)
    expect(await engine.generations(userId)).toHaveLength(1)
  })

  test.each(during)('cancelled and wanted again during %s (%s)', async (...at) => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await flipDuring(userId, at, async () => {
      await setTier(db(), userId, 'free')
      await setTier(db(), userId, 'pro')
    })
    await expectUp(userId, 512)
  })
})

describe('a resize', () => {
  const during = moments(
    ['machines.list', 'machines.get', 'machines.wait'],
    ['machines.stop', 'machines.update'],
  )

  test.each(during)(
    'taken back during %s (%s): no later update is to the size that was given up',
    async (...at) => {
      const userId = await started()
      await setTier(db(), userId, 'elite')
      const before = (await engine.events(userId)).length
      await flipDuring(userId, at, () => setTier(db(), userId, 'pro'))
      await expectUp(userId, 512)
      const updates = (await engine.events(userId))
        .slice(before)
        .filter(
          ({ eventType, metadata }) => eventType === 'resize_machine_updated' && metadata['to'] !== undefined,
        )
        .map(({ metadata }) => (metadata['to'] as { memoryMb: number }).memoryMb)
      // Where the update itself, or what came after it, was under way, it may stand; then one more takes it back.
      const madeBefore = at[0] === 'machines.update' || at[0] === 'machines.wait' ? 1 : 0
      expect(updates.filter((memoryMb) => memoryMb === 1024).length).toBeLessThanOrEqual(madeBefore)
    },
  )

  test.each(during)('cancelled during %s (%s): nothing more is built', async (...at) => {
    const userId = await started()
    const { flyAppName } = await engine.live(userId)
    await setTier(db(), userId, 'elite')
    const seq = await flipDuring(userId, at, () => setTier(db(), userId, 'free'))
    expect(building(deedsAfter(seq, flyAppName))).toEqual([])
    await expectGone(userId)
  })
})

describe('a deprovision', () => {
  const during = moments(['machines.get', 'apps.get'], ['machines.stop', 'machines.delete', 'apps.delete'])

  test.each(during)(
    'wanted again during %s (%s): this generation ends, and the next comes',
    async (...at) => {
      const userId = await started()
      const { flyAppName, generation } = await engine.live(userId)
      await setTier(db(), userId, 'free')
      const seq = await flipDuring(userId, at, () => setTier(db(), userId, 'elite'))
      expect(building(deedsAfter(seq, flyAppName))).toEqual([])
      await expectUp(userId, 1024)
      expect((await engine.live(userId)).generation).toBe(generation + 1)
    },
  )

  test.each(during)('wanted again and not, during %s (%s): it ends, and nothing comes', async (...at) => {
    const userId = await started()
    await setTier(db(), userId, 'free')
    await flipDuring(userId, at, async () => {
      await setTier(db(), userId, 'pro')
      await setTier(db(), userId, 'free')
    })
    expect(await engine.generations(userId)).toHaveLength(1)
    await expectGone(userId)
  })

  test('wanted again before it has begun: nothing is done at all', async () => {
    const userId = await started()
    const { flyAppName } = await engine.live(userId)
    await setTier(db(), userId, 'free')
    const seq = await flipDuring(userId, ['machines.list', 'delay'], () => setTier(db(), userId, 'pro'))
    expect(deedsAfter(seq, flyAppName)).toEqual([])
    await expectUp(userId, 512)
  })
})
