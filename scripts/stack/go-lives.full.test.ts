/**
 * Users' apps and the shared backend as real Go processes, on a whole Hangar: who runs whose traders, when, and what
 * is left of what they found. What is believed is what the processes logged and what is in the database.
 */
import { randomUUID } from 'node:crypto'
import { listEvents, type AppRow } from '@hangar/db'
import { createTrader, createUser, listSignals, setTier } from '@hangar/testkit/factories'
import { waitFor } from '@hangar/testkit/local'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { buildGoScreener, whyNoScreener } from '../lib/go.ts'
import { cyclesIn, cyclesOf, overlaps, startScreeners, type Screeners } from './testing/screeners.ts'
import { urlOf } from './settings.ts'

const PATIENCE_MS = 45_000
const SIGNALS_PER_CYCLE = 20
const BUILT_IN = randomUUID()

const why = await whyNoScreener()
if (why === null) {
  describeGo()
} else {
  test.skip(`the apps as Go processes, for which the Node screener stands in elsewhere (SKIPPED: ${why})`, () => {})
}

function describeGo(): void {
  let screeners: Screeners
  const until = <T>(what: string, holds: () => Promise<T> | T) =>
    waitFor(holds, { what, timeoutMs: PATIENCE_MS })

  beforeAll(async () => {
    screeners = await startScreeners(await buildGoScreener())
    screeners.source.push({ id: BUILT_IN, built_in: true, name: 'Built in', definition: {} })
  }, 300_000)
  afterAll(() => screeners.stop(), 60_000)

  type Owner = { userId: string; traderIds: string[] }

  /** On `tier`, with two traders; the shared backend's source lists them, whatever the product's quota says. */
  async function createOwner(tier: string): Promise<Owner> {
    const { userId } = await createUser(screeners.db, { tier })
    const traderIds: string[] = []
    for (const name of ['One', 'Two']) {
      const filter = { signals_per_cycle: SIGNALS_PER_CYCLE }
      const { traderId } = await createTrader(screeners.db, userId, { name, filter })
      traderIds.push(traderId)
      screeners.source.push({ id: traderId, user_id: userId, built_in: false, name, definition: filter })
    }
    return { userId, traderIds: traderIds.toSorted() }
  }

  const sharedRuns = (traderIds: readonly string[]) => {
    const last = cyclesOf(screeners.shared).at(-1)
    return traderIds.every((id) => last?.trader_ids.includes(id))
  }

  const liveApp = (userId: string) =>
    screeners.db
      .selectFrom('userFlyApps')
      .select(['id', 'flyAppName', 'flyMachineId', 'status'])
      .where('userId', '=', userId)
      .where('deletedAt', 'is', null)
      .executeTakeFirst()

  /** The app trades with all of its user's traders, and has been through some cycles. */
  async function trading(owner: Owner): Promise<Pick<AppRow, 'id' | 'flyAppName' | 'flyMachineId'>> {
    return until('the app to run its traders', async () => {
      const app = await liveApp(owner.userId)
      const health = app && (await screeners.fly.health(app.flyAppName))
      const cycles = app ? cyclesIn(await screeners.fly.logs(app.flyAppName)) : []
      const ran = cycles.filter(({ trader_ids }) => trader_ids.length === owner.traderIds.length)
      const runs = health?.running_trader_ids.toSorted().join() === owner.traderIds.join()
      return health?.state === 'trading' && runs && ran.length > 3 && app
    })
  }

  /** Of each signal what makes it unlike any other that the app ever made. */
  async function storedSignals(owner: Owner): Promise<string[]> {
    const signals = await listSignals(screeners.db, owner.userId)
    return signals.map(({ traderId, payload }) => `${traderId} ${JSON.stringify(payload)}`)
  }

  const expectNoOverlap = async (owner: Owner, appName: string) => {
    const here = cyclesOf(screeners.shared)
    const there = cyclesIn(await screeners.fly.logs(appName))
    for (const id of owner.traderIds) expect(overlaps(id, here, there)).toEqual([])
  }

  test('up and down again: one place at a time, and every signal once', async () => {
    const owner = await createOwner('free')
    const other = await createOwner('free')
    await until('the shared backend to run everybody', () =>
      sharedRuns([BUILT_IN, ...owner.traderIds, ...other.traderIds]),
    )
    await setTier(screeners.db, owner.userId, 'pro')
    const app = await trading(owner)
    expect(await screeners.fly.health(app.flyAppName)).toMatchObject({ user_id: owner.userId })
    expect(sharedRuns([BUILT_IN, ...other.traderIds])).toBe(true)
    expect(owner.traderIds.some((id) => sharedRuns([id]))).toBe(false)

    await setTier(screeners.db, owner.userId, 'free')
    await until('the app to be gone', async () => (await liveApp(owner.userId)) === undefined)
    await until('the shared backend to have them back', () => sharedRuns(owner.traderIds))
    await expectNoOverlap(owner, app.flyAppName)

    const cycles = cyclesIn(await screeners.fly.logs(app.flyAppName))
    const ran = cycles.filter(({ trader_ids }) => trader_ids.length > 0)
    const stored = await storedSignals(owner)
    expect(new Set(stored).size).toBe(stored.length)
    expect(stored).toHaveLength(ran.length * owner.traderIds.length * SIGNALS_PER_CYCLE)
    const events = await listEvents(screeners.db, { userId: owner.userId, limit: 100 })
    expect(events.find(({ eventType }) => eventType === 'deprovision_drained')).toMatchObject({
      metadata: { ended: 'reported', report: { lost: 0, signalsFlushed: stored.length } },
    })
    // Nobody else noticed: the shared backend went through its cycles all the while.
    const gaps = cyclesOf(screeners.shared).filter(({ trader_ids }) => !trader_ids.includes(BUILT_IN))
    expect(gaps.slice(1)).toEqual([])
  }, 120_000)

  test("a user's token opens nothing of somebody else's", async () => {
    const [owner, other] = [await createOwner('pro'), await createOwner('pro')]
    const [app, foreign] = [await trading(owner), await trading(other)]
    const token = await screeners.fly.readEnv(app.flyAppName, app.flyMachineId!, 'HANGAR_TOKEN')
    const call = (path: string, machineId: string | null, body?: object) =>
      fetch(`${urlOf(screeners.stack.addresses, 'api')}/shim/v1/${path}`, {
        method: body ? 'POST' : 'GET',
        headers: {
          authorization: `Bearer ${token}`,
          'x-fly-machine-id': machineId ?? '',
          'content-type': 'application/json',
        },
        ...(body && { body: JSON.stringify(body) }),
      })
    const own = (await (await call('bootstrap', app.flyMachineId)).json()) as { traders: { id: string }[] }
    expect(own.traders.map(({ id }) => id).toSorted()).toEqual(owner.traderIds)
    expect((await call('bootstrap', foreign.flyMachineId)).status).toBe(410)

    const item = {
      client_id: randomUUID(),
      trader_id: other.traderIds[0],
      symbol: 'THEIRS',
      payload: {},
      created_at: new Date().toISOString(),
    }
    const answer = await call('signals', app.flyMachineId, { items: [item] })
    expect(await answer.json()).toEqual({
      results: [{ client_id: item.client_id, status: 'rejected', code: 'unknown_trader' }],
    })
    const found = await Promise.all([owner, other].map(({ userId }) => listSignals(screeners.db, userId)))
    expect(found.flat().filter(({ symbol }) => symbol === 'THEIRS')).toEqual([])
  }, 120_000)
}
