/** What is corrected for the fleet's sake waits for its turn, behind what is down and never before a user's own change. */
import { DEFAULT_POLICY } from '@hangar/core'
import { raiseWant } from '@hangar/db'
import { createUser, setTier } from '@hangar/testkit'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { sweepDifferences } from '../sweeps/differences.ts'
import { useEngine } from '../testing/engine.ts'
import { queryRows } from '../testing/rows.ts'
import { reconcileUser } from './job.ts'

const WAITS = { kind: 'again_after', reason: 'waiting for a permit to correct an app' }
const engine = useEngine()
const db = () => engine.database.db
const sql = (...statements: string[]) => queryRows(engine.database.url, ...statements)
const permits = (left: number) =>
  sql(`update hangar.permits set tokens = ${left}, refill_per_second = 0.0001, refilled_at = hangar.now()`)

const guests = { ...DEFAULT_POLICY.guests, pro: { cpuKind: 'shared', cpus: 2, memoryMb: 768 } } as const
/** A worker for which tier pro has another size. */
const changed = () => engine.other('worker-b', { policy: { ...DEFAULT_POLICY, guests } })
const look = (userId: string, deps = changed()) => reconcileUser(deps, userId, new AbortController().signal)
const isTurnOf = async (userId: string) =>
  (await engine.eventTypes(userId)).some((type) => type === 'resize_started')

async function paidUser(): Promise<string> {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  return userId
}

beforeEach(() => permits(10))

describe('a tier with another size', () => {
  test('its apps are resized in turn, and half of the permits is left to what is down', async () => {
    const users = [await paidUser(), await paidUser(), await paidUser()]
    const down = users[0]!
    await permits(6)
    expect(await sweepDifferences(changed(), new AbortController().signal)).toBe(0)
    const outcomes = []
    for (const userId of users) outcomes.push(await look(userId))
    expect(await Promise.all(users.map(isTurnOf))).toEqual([true, false, false])
    expect(outcomes.slice(1)).toMatchObject([WAITS, WAITS])

    const { flyAppName, flyMachineId } = await engine.live(users[1]!)
    await engine.deps.fly.machines.delete(flyAppName, flyMachineId!, { force: true })
    await look(users[1]!)
    expect(await engine.live(users[1]!)).toMatchObject({ operation: 'repair' })
    expect(await look(users[2]!)).toMatchObject(WAITS)

    expect((await engine.drive(down, { deps: changed() })).kind).toBe('done')
    await permits(10)
    expect((await engine.drive(users[2]!, { deps: changed() })).kind).toBe('done')
    expect(await engine.live(users[2]!)).toMatchObject({ status: 'active', operation: null, memoryMb: 768 })
  })

  test('the sweep wakes no more of them than have their turn in a minute', async () => {
    const users = [await paidUser(), await paidUser(), await paidUser()]
    await sql(`insert into hangar.user_work (user_id, parked_reason)
      select gen_random_uuid(), '${WAITS.reason}' from generate_series(1, 58)`)
    await sweepDifferences(changed(), new AbortController().signal)
    const woken =
      await sql(`select user_id from hangar.user_wants want join hangar.user_work work using (user_id)
      where wanted_version > done_version and user_id in ('${users.join("', '")}')`)
    expect(woken).toHaveLength(2)
  })

  test("a user's own change of tier waits for no permit", async () => {
    const userId = await paidUser()
    await permits(0)
    await setTier(db(), userId, 'elite')
    expect((await engine.drive(userId, { deps: changed() })).kind).toBe('done')
    await setTier(db(), userId, 'pro')
    expect((await engine.drive(userId, { deps: changed() })).kind).toBe('done')
    expect(await engine.live(userId)).toMatchObject({ tier: 'pro', memoryMb: 768 })
  })
})

test('a machine beside the one on record goes in its turn', async () => {
  const userId = await paidUser()
  const { flyAppName, flyMachineId } = await engine.live(userId)
  const { machines } = engine.deps.fly
  const { config } = await machines.get(flyAppName, flyMachineId!)
  await machines.create(flyAppName, { name: 'another', region: 'iad', config: config! })
  const there = async () => (await machines.list(flyAppName)).map(({ id }) => id)
  await permits(5)
  await raiseWant(db(), userId, 'sweep')
  expect(await look(userId, engine.deps)).toMatchObject(WAITS)
  expect(await there()).toHaveLength(2)
  await permits(6)
  expect((await engine.drive(userId)).kind).toBe('done')
  expect(await there()).toEqual([flyMachineId])
})
