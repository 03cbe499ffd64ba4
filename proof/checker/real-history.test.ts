/** The checker on what the real engine does, on real PostgreSQL and over HTTP, with answers that are lost. */
import { createTrader, createUser, insertSignals, setTier } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { beats, SETTINGS, useEngine } from '../../services/worker/src/testing/engine.ts'
import { check, type History, type TierChange } from './index.ts'
import { readFly, readRetained, readRows } from './read.ts'

const engine = useEngine()
const GUESTS = SETTINGS.policy.guests

/** Applied, and nobody hears of it: whatever comes next has to find out. */
const LOST = ['apps.create', 'machines.create', 'machines.update', 'machines.delete', 'apps.delete'].map(
  (operation, index) => ({ kind: 'reset_after', match: { operation }, count: 1, skip: index % 2 }) as const,
)
const FLIPS: string[][] = [
  ['pro', 'elite', 'free', 'pro'],
  ['elite', 'pro', 'free'],
  ['pro', 'free', 'elite', 'free', 'elite'],
]

async function live(flips: string[]): Promise<{ userId: string; tier: string; changes: TierChange[] }> {
  const { db } = engine.database
  const { userId } = await createUser(db, { tier: 'free' })
  const { traderId } = await createTrader(db, userId)
  await insertSignals(db, userId, traderId, 5)
  const changes: TierChange[] = []
  for (const tier of flips) {
    const notBefore = new Date()
    await setTier(db, userId, tier)
    changes.push({ userId, entitled: tier !== 'free', notBefore, committedBy: new Date() })
    await engine.drive(userId, { app: beats(engine.deps) })
  }
  return { userId, tier: flips.at(-1) ?? 'free', changes }
}

test('what the engine does has no violation, though answers are lost; what it never did is found', async () => {
  const { url, db } = engine.database
  for (const fault of LOST) engine.sim.sim.faults.add(fault)
  const users = []
  for (const flips of FLIPS) users.push(await live(flips))
  const retained = await readRetained(url)
  const rows = await readRows(db)
  const history: History = {
    ...rows,
    calls: engine.sim.sim.calls.list(),
    tierChanges: users.flatMap((user) => user.changes),
    flyAtTheEnd: readFly(engine.sim.sim),
    retained: { before: retained, after: await readRetained(url) },
    brakeSpells: [],
    tradingSpells: [],
    earlierEvents: rows.events.slice(0, 10),
    users: users.map(({ userId, tier }) => ({ userId, guest: GUESTS[tier] ?? null })),
    surfaces: [{ name: 'the rows', text: JSON.stringify(rows) }],
    secrets: [{ name: 'the token of Fly', value: engine.sim.token }],
    appPrefix: SETTINGS.appPrefix,
  }
  expect(engine.sim.sim.faults.list().map((fault) => fault.struck)).toEqual(LOST.map(() => 1))
  expect(retained['public.trader_signals']?.rows).toBe(5 * FLIPS.length)
  expect(history.calls.length).toBeGreaterThan(60)
  expect(check(history)).toEqual([])

  const secrets = history.calls.findIndex((call) => call.operation === 'secrets.set')
  expect(check({ ...history, calls: history.calls.toSpliced(secrets, 1) })).toEqual([
    expect.objectContaining({
      what: expect.stringMatching(/provision_secrets_set has no call secrets\.set/),
    }),
  ])
  const sameFence = history.calls.map((call) => ({ ...call, attempt: '1.1' }))
  expect(check({ ...history, calls: sameFence }).length).toBeGreaterThan(0)
}, 60_000)
