/** What an operator is told, for what is written down: the sentences as they stand. */
import { DEFAULT_POLICY } from '@hangar/core'
import {
  claimLease,
  engageBrake,
  finishWork,
  insertEvent,
  insertOverride,
  raiseWant,
  releaseBrake,
  type AppPatch,
  type WorkResult,
} from '@hangar/db'
import { createUser, useTestDatabase } from '@hangar/testkit'
import { afterEach, describe, expect, test } from '@jest/globals'
import { createAppRow } from '../testing/harness.ts'
import { readUser } from './read.ts'
import { explainNext, explainWhy } from './why.ts'

const database = useTestDatabase()
const terms = { policy: DEFAULT_POLICY, drainGraceMs: 30_000 }

async function explained(userId: string) {
  const read = await readUser(database.db, userId, terms)
  if (!read) throw new Error('nobody has heard of them')
  const known = { ...read, overrideReason: read.override?.reason ?? null }
  return { why: explainWhy(known), next: explainNext(known) }
}

type Made = {
  tier?: string
  status?: string
  app?: AppPatch
  override?: 'on' | 'off' | 'paused'
  work?: WorkResult
}

/** A user at rest, unless `work` says what came of the last look. */
async function make({ tier = 'pro', status = 'active', app, override, work }: Made): Promise<string> {
  const { db } = database
  const { userId } = await createUser(db, { tier, status })
  if (app) await createAppRow(db, userId, app)
  if (override)
    await db
      .transaction()
      .execute((tx) => insertOverride(tx, { userId, desired: override, reason: 'a trial', actor: 'user:1' }))
  const wanted = work === undefined ? 1 : await raiseWant(db, userId, 'operator')
  const claimed = await claimLease(db, { userId, owner: 'w', ttlMs: 5_000 })
  if (claimed) await finishWork(db, claimed.lease, work ?? { kind: 'done', doneVersion: wanted })
  return userId
}

afterEach(() => releaseBrake(database.db, 'operator'))

const up = { status: 'active', startedAt: 'now', launchedAt: 'now', healthStatus: 'healthy' } as const
const failed = (failedAttempts: number): WorkResult => ({
  kind: 'failed',
  failedAttempts,
  failedVersion: 2,
  delayMs: 60_000,
  reason: 'fly_timeout',
})

describe('why it is as it is', () => {
  const cases: [Made, string, string][] = [
    [{ app: up }, 'as_wanted', 'The app runs as it should, 2 shared CPUs and 512 MB: tier pro.'],
    [
      { app: up, override: 'on' },
      'as_wanted',
      'The app runs as it should, 2 shared CPUs and 512 MB: switched on by an operator ("a trial").',
    ],
    [{ tier: 'free' }, 'nothing_wanted', 'There is no app, and none is wanted: tier free.'],
    [{}, 'to_be_made', 'There is no app yet, and there should be one: tier pro.'],
    [
      { app: up, override: 'paused' },
      'paused',
      'Paused by an operator ("a trial"). Nothing is done for this user until that ends.',
    ],
    [
      { app: up, status: 'on-hold' },
      'unknown',
      'Nobody can say what this user should have: subscription status on-hold is on neither list. Nothing is made, and nothing is taken away.',
    ],
    [{ tier: 'free', app: up }, 'to_be_ended', 'The app is to be taken down: tier free.'],
    [
      { tier: 'elite', app: up },
      'to_be_resized',
      'The app is to become 2 shared CPUs and 1024 MB: tier elite.',
    ],
    [
      { tier: 'elite', app: { ...up, operation: 'resize' } },
      'resizing',
      'The app is getting another size, 2 shared CPUs and 1024 MB: tier elite.',
    ],
    [
      { app: { ...up, operation: 'repair' } },
      'repairing',
      'The app was found down and is being brought up again.',
    ],
    [{ app: { status: 'provisioning', deployedAt: null } }, 'coming_up', 'The app is being made: tier pro.'],
    [
      { tier: 'free', app: { status: 'deprovisioning', teardownStartedAt: 'now' } },
      'ending',
      'The app is being taken down: tier free.',
    ],
    [
      { app: { status: 'deprovisioning', teardownStartedAt: 'now' } },
      'ending',
      'The app is being taken down to its end. The user should have one (tier pro), so a new one follows.',
    ],
    [
      { app: { ...up, healthStatus: 'unhealthy' } },
      'unhealthy',
      'The app is there as it should be (tier pro), but it is not well.',
    ],
    [
      {
        app: { status: 'provisioning', deployedAt: null, errorMessage: 'Fly took too long' },
        work: failed(1),
      },
      'failing',
      'The app is being made: tier pro. The work failed once: Fly took too long.',
    ],
    [
      { app: { status: 'error', deployedAt: null, errorMessage: 'no such image' }, work: failed(4) },
      'given_up',
      'The app is being made: tier pro. The work failed 4 times in a row and was put off: no such image.',
    ],
    [
      { work: { kind: 'parked', delayMs: 60_000, reason: 'held by the brake operator' } },
      'held_by_brake',
      'There is no app yet, and there should be one: tier pro. The brake operator holds the work: paused by an operator.',
    ],
    [
      {
        tier: 'free',
        app: { status: 'deprovisioning', teardownStartedAt: 'now' },
        work: { kind: 'parked', delayMs: 60_000, reason: 'draining' },
      },
      'ending',
      'The app is being taken down: tier free. At the moment it waits: draining.',
    ],
  ]
  test.each(cases)('%j', async (made, code, text) => {
    expect((await explained(await make(made))).why).toEqual({ code, text })
  })

  test('what the last look at its health found', async () => {
    const userId = await make({ app: { ...up, healthStatus: 'unhealthy' } })
    const read = await readUser(database.db, userId, terms)
    await insertEvent(database.db, {
      userFlyAppId: read?.app?.id ?? null,
      userId,
      eventType: 'health_check_failed',
      status: 'failed',
      message: 'no heartbeat for 90 s',
      actor: 'w',
    })
    expect((await explained(userId)).why.text).toContain('it is not well (no heartbeat for 90 s).')
  })

  test('a worker is at it', async () => {
    const userId = await make({})
    await raiseWant(database.db, userId, 'operator')
    await claimLease(database.db, { userId, owner: 'w', ttlMs: 5_000 })
    const { why, next } = await explained(userId)
    expect(why.text).toBe('There is no app yet, and there should be one: tier pro. A worker is at it now.')
    expect(next.text).toMatch(/^A worker is at it; as far as is written down: reserve a name/)
  })
})

describe('what comes next', () => {
  test('nothing, where all is as it should be', async () => {
    const { next } = await explained(await make({ app: up }))
    expect(next).toEqual({ text: 'Nothing, until something changes.', at: null, steps: [] })
  })

  test('the whole way, in the words of a dry run', async () => {
    const { next } = await explained(await make({}))
    expect(next.text).toMatch(
      /^Nobody was told yet; .* Then: reserve a name and write the row of a new generation\.$/,
    )
    expect(next.steps.length).toBeGreaterThan(5)
    expect(next.steps.at(-1)).toBe('mark the app active')
  })

  test('now, where it is due', async () => {
    const userId = await make({ tier: 'free', app: up })
    await raiseWant(database.db, userId, 'operator')
    const { next } = await explained(userId)
    expect(next.text).toMatch(/^The next free worker takes it: begin the teardown/)
    expect(next.at).toBeInstanceOf(Date)
  })

  test('after the pause, where the last attempt failed', async () => {
    const { next } = await explained(await make({ work: failed(2) }))
    expect(next.text).toMatch(/^It is taken up again then, or at once when asked for: reserve/)
    expect(next.at?.getTime()).toBeGreaterThan(Date.parse('2026-01-01'))
  })

  test('when the brake lets go', async () => {
    await engageBrake(database.db, 'operator', { by: 'me', reason: 'wait' })
    const work: WorkResult = { kind: 'parked', delayMs: 60_000, reason: 'held by the brake operator' }
    const { next } = await explained(await make({ tier: 'free', app: up, work }))
    expect(next.text).toMatch(/^As soon as the brake lets go it goes on/)
  })
})
