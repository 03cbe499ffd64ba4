import { BRAKE_NAMES, heldReason, NO_LONGER_HELD, OUTAGE_CODES, type BrakeName } from '@hangar/core'
import { createUser, useTestDatabase } from '@hangar/testkit'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import {
  clearStrikes,
  engageBrake,
  listBrakes,
  listEngaged,
  releaseBrake,
  strikeBrake,
  wakeHeldByNobody,
} from './brakes.ts'
import { countHeld, countOutageFailures, countParked } from './held.ts'
import { claimLease, finishWork, type WorkResult } from './work.ts'

const t = useTestDatabase()
const why = { by: 'test', reason: 'because' }

beforeEach(async () => {
  for (const name of BRAKE_NAMES) await releaseBrake(t.db, name)
  await sql`update hangar.brakes set ignored_until = null, strikes = 0`.execute(t.db)
  await sql`truncate hangar.alerts, hangar.user_work cascade`.execute(t.db)
})

/** A user whose last attempt ended so. */
async function userWith(result: WorkResult): Promise<string> {
  const { userId } = await createUser(t.db, { tier: 'pro' })
  const claimed = await claimLease(t.db, { userId, owner: 'w', ttlMs: 15_000 })
  await finishWork(t.db, claimed!.lease, result)
  return userId
}
const HOUR_MS = 3_600_000
const held = (name: BrakeName): WorkResult => ({ kind: 'parked', delayMs: HOUR_MS, reason: heldReason(name) })
const failed = (reason: string, failedAttempts = 4): WorkResult => ({
  kind: 'failed',
  failedAttempts,
  failedVersion: 1,
  delayMs: HOUR_MS,
  reason,
})

async function workOf(userId: string) {
  const { rows } = await sql<{ dueInMs: number; failedAttempts: number; parkedReason: string | null }>`
    select extract(epoch from next_attempt_at - hangar.now())::double precision * 1000 as due_in_ms, failed_attempts,
      parked_reason
    from hangar.user_work where user_id = ${userId}`.execute(t.db)
  return rows[0]!
}

const alerts = async () =>
  (
    await sql<{ subject: string; message: string; times: number; isOpen: boolean }>`
      select subject, message, times, resolved_at is null as is_open from hangar.alerts order by id`.execute(
      t.db,
    )
  ).rows

describe('a brake', () => {
  test('of many who engage it at once, one did; there is one alert', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => engageBrake(t.db, 'operator', { by: `w${n}`, reason: 'pause' })),
    )
    expect(answers.filter(Boolean)).toHaveLength(1)
    expect(await listEngaged(t.db)).toEqual(['operator'])
    expect(await alerts()).toEqual([
      { subject: 'operator', message: 'paused by an operator: pause', times: 1, isOpen: true },
    ])
  })

  test('once released it is as if it had never been, and its alert is resolved', async () => {
    await engageBrake(t.db, 'operator', { ...why, details: { n: 1 } })
    const answers = await Promise.all([1, 2, 3].map(() => releaseBrake(t.db, 'operator')))
    expect(answers.filter(Boolean)).toHaveLength(1)
    expect((await listBrakes(t.db)).find(({ name }) => name === 'operator')).toEqual({
      name: 'operator',
      engagedAt: null,
      engagedBy: null,
      reason: null,
      details: {},
      ignoredUntil: null,
    })
    expect(await alerts()).toMatchObject([{ isOpen: false }])
  })

  test('engaging that is rolled back raises no alert', async () => {
    const rolledBack = t.db.transaction().execute(async (tx) => {
      await engageBrake(tx, 'operator', why)
      throw new Error('roll back')
    })
    await expect(rolledBack).rejects.toThrow('roll back')
    expect(await listEngaged(t.db)).toEqual([])
    expect(await alerts()).toEqual([])
  })

  test('its condition is ignored for as long as an operator said, and not longer', async () => {
    await engageBrake(t.db, 'unhealthy_share', why)
    await releaseBrake(t.db, 'unhealthy_share', { ignoreForMs: HOUR_MS })
    expect(await engageBrake(t.db, 'unhealthy_share', why)).toBe(false)
    await sql`update hangar.brakes set ignored_until = hangar.now()`.execute(t.db)
    expect(await engageBrake(t.db, 'unhealthy_share', why)).toBe(true)
  })

  test('strikes count only in a row', async () => {
    const strike = () => strikeBrake(t.db, 'fly_unreachable', { ...why, needed: 2 })
    expect(await strike()).toBe(false)
    await clearStrikes(t.db, 'fly_unreachable')
    expect(await strike()).toBe(false)
    expect(await strike()).toBe(true)
    expect(await strike()).toBe(false)
    await releaseBrake(t.db, 'fly_unreachable')
    expect(await strike()).toBe(false)
  })
})

describe('whom it held', () => {
  test('is counted by brake, and due as soon as it lets go; nobody else is', async () => {
    await engageBrake(t.db, 'operator', why)
    await engageBrake(t.db, 'restored', why)
    const [ours, others, waiting] = [
      await userWith(held('operator')),
      await userWith(held('restored')),
      await userWith({ kind: 'parked', delayMs: HOUR_MS, reason: 'draining' }),
    ]
    expect(await countHeld(t.db)).toMatchObject({ operator: 1, restored: 1, deletion_burst: 0 })
    await releaseBrake(t.db, 'operator')
    expect(await workOf(ours)).toMatchObject({ parkedReason: NO_LONGER_HELD })
    expect((await workOf(ours)).dueInMs).toBeLessThanOrEqual(0)
    for (const userId of [others, waiting]) expect((await workOf(userId)).dueInMs).toBeGreaterThan(3_000_000)
    expect(await countHeld(t.db)).toMatchObject({ operator: 0, restored: 1 })
  })

  test('a crowd becomes due ten a second, within 20 s however large it is', async () => {
    await engageBrake(t.db, 'operator', why)
    await sql`
      insert into hangar.user_work (user_id, parked_reason, next_attempt_at)
      select gen_random_uuid(), ${heldReason('operator')}, hangar.now() + interval '1 hour'
      from generate_series(1, 1000)`.execute(t.db)
    expect(await countParked(t.db, heldReason('operator'))).toBe(1000)
    await releaseBrake(t.db, 'operator')
    const { rows } = await sql<{ first: number; last: number; half: number }>`
      select min(due) as first, max(due) as last, count(*) filter (where due < 10) as half
      from (select extract(epoch from next_attempt_at - updated_at)::double precision as due from hangar.user_work) w`.execute(
      t.db,
    )
    expect(rows[0]!.first).toBeLessThan(0.1)
    expect(rows[0]!.last).toBeGreaterThan(19)
    expect(rows[0]!.last).toBeLessThanOrEqual(20)
    expect(rows[0]!.half).toBeGreaterThan(450)
  })

  test('whoever was parked in the very moment of the release is found afterwards', async () => {
    const late = await userWith(held('operator'))
    await engageBrake(t.db, 'restored', why)
    const rightly = await userWith(held('restored'))
    expect(await wakeHeldByNobody(t.db)).toBe(1)
    expect((await workOf(late)).dueInMs).toBeLessThanOrEqual(0)
    expect((await workOf(rightly)).dueInMs).toBeGreaterThan(3_000_000)
    expect(await wakeHeldByNobody(t.db)).toBe(0)
  })
})

describe('the end of an outage', () => {
  test.each(OUTAGE_CODES)(
    '%s: due at once, however often it had failed, and the count begins anew',
    async (code) => {
      await engageBrake(t.db, 'fly_unreachable', why)
      const users = [await userWith(failed(code, 1)), await userWith(failed(code, 9))]
      expect(await countOutageFailures(t.db, 60)).toBe(2)
      await releaseBrake(t.db, 'fly_unreachable')
      for (const userId of users) {
        const work = await workOf(userId)
        expect(work).toMatchObject({ failedAttempts: 0 })
        expect(work.dueInMs).toBeLessThan(200)
      }
    },
  )

  test('what failed for another reason sits out its pause', async () => {
    await engageBrake(t.db, 'fly_unreachable', why)
    const userId = await userWith(failed('fly_machine_limit'))
    await releaseBrake(t.db, 'fly_unreachable')
    expect(await workOf(userId)).toMatchObject({ failedAttempts: 4 })
    expect((await workOf(userId)).dueInMs).toBeGreaterThan(3_000_000)
  })

  test('another brake that lets go ends no outage', async () => {
    await engageBrake(t.db, 'operator', why)
    const userId = await userWith(failed('fly_unavailable'))
    await releaseBrake(t.db, 'operator')
    expect(await workOf(userId)).toMatchObject({ failedAttempts: 4 })
  })
})
