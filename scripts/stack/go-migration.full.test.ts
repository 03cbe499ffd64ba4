/**
 * Users who paid before Hangar came are moved, with real parts: their apps and the shared backend are Go processes, which
 * log each cycle. Whatever happens on the way, a trader never runs in two places at once, and never runs nowhere for longer
 * than a minute; workers are killed meanwhile.
 */
import { writeFileSync } from 'node:fs'
import { findWant } from '@hangar/db'
import { createTrader, createUser } from '@hangar/testkit/factories'
import { runSql, waitFor } from '@hangar/testkit/local'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { buildGoScreener, whyNoScreener } from '../lib/go.ts'
import { urlOf } from './settings.ts'
import {
  type Cycle,
  cyclesIn,
  cyclesOf,
  longestPauseMs,
  overlaps,
  startScreeners,
  type Screeners,
} from './testing/screeners.ts'

const PATIENCE_MS = 90_000
/** What docs/decisions/0022-existing-users.md promises. */
const LONGEST_GAP_MS = 60_000
const USERS = 6

const why = await whyNoScreener()
if (why === null) {
  describeMove()
} else {
  test.skip(`the move with real apps (SKIPPED: ${why})`, () => {})
}

type Owner = { userId: string; traderIds: string[] }
type App = { flyAppName: string; flyMachineId: string | null }
type Counts = { done: number; failed: number; waiting: number; asked: number; skipped: number }
type Migration = { id: number; wave: number; ended_at: string | null; counts: Counts }
type Planned = { user_id: string; app_name: string | null; decision: string }

function describeMove(): void {
  let screeners: Screeners
  const owners: Owner[] = []
  const until = <T>(what: string, holds: () => Promise<T> | T) =>
    waitFor(holds, { what, timeoutMs: PATIENCE_MS })

  beforeAll(async () => {
    screeners = await startScreeners(await buildGoScreener())
    const trigger = (what: 'disable' | 'enable') =>
      runSql(
        screeners.stack.addresses.databaseUrl,
        `alter table public.user_subscriptions ${what} trigger on_user_tier_change`,
      )
    // As they were before there was a trigger.
    await trigger('disable')
    for (let n = 0; n < USERS; n++) owners.push(await createOwner())
    await trigger('enable')
  }, 300_000)
  afterAll(() => screeners.stop(), 60_000)

  async function createOwner(): Promise<Owner> {
    const { userId } = await createUser(screeners.db, { tier: 'pro' })
    const traderIds: string[] = []
    for (const name of ['One', 'Two']) {
      const { traderId } = await createTrader(screeners.db, userId, { name, filter: {} })
      traderIds.push(traderId)
      screeners.source.push({ id: traderId, user_id: userId, built_in: false, name, definition: {} })
    }
    return { userId, traderIds }
  }

  async function call<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    const response = await fetch(`${urlOf(screeners.stack.addresses, 'api')}/v1/migrations${path}`, {
      method,
      headers: {
        authorization: `Bearer ${screeners.stack.secrets.serviceRoleKey}`,
        'content-type': 'application/json',
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    expect([response.status < 300, response.status]).toEqual([true, response.status])
    return (await response.json()) as T
  }

  const sharedRuns = ({ traderIds }: Owner) =>
    traderIds.every((id) => cyclesOf(screeners.shared).at(-1)?.trader_ids.includes(id))

  const appsOf = ({ userId }: Owner) =>
    screeners.db
      .selectFrom('userFlyApps')
      .select(['flyAppName', 'flyMachineId', 'status', 'deletedAt'])
      .where('userId', '=', userId)
      .execute()

  /** What ran each of the owner's traders, in the shared backend and in the app. */
  async function cyclesAround(owner: Owner): Promise<{ here: Cycle[]; there: Cycle[] }> {
    const here = cyclesOf(screeners.shared)
    const there: Cycle[] = []
    for (const { flyAppName } of await appsOf(owner))
      there.push(...cyclesIn(await screeners.fly.logs(flyAppName)))
    return { here, there }
  }

  async function expectOnePlaceAtATime(owner: Owner): Promise<void> {
    const { here, there } = await cyclesAround(owner)
    const all = [...here, ...there].toSorted((a, b) => a.started_at.localeCompare(b.started_at))
    for (const id of owner.traderIds) {
      expect(overlaps(id, here, there)).toEqual([])
      expect(longestPauseMs(id, all)).toBeLessThan(LONGEST_GAP_MS)
    }
  }

  async function killWorker(): Promise<void> {
    screeners.stack.services.get('worker')?.kill('SIGKILL')
    await screeners.stack.restart('worker')
  }

  test('all are moved, one cannot be, and the worker is killed twice: one place at a time for each', async () => {
    await until('the shared backend to run everybody', () => owners.every(sharedRuns))
    // Hangar has been there for a while, and has given nobody an app.
    for (const owner of owners) {
      expect(await findWant(screeners.db, owner.userId)).toBeNull()
      expect(await appsOf(owner)).toEqual([])
    }
    const plan = { all: true, wave_size: 2, wave_pause_seconds: 0, stop_on_failure_share: 1, reason: 'moved' }
    const { users } = await call<{ users: Planned[] }>('POST', '?dryRun=true', plan)
    expect(users.map(({ decision }) => decision)).toEqual(owners.map(() => 'migrate'))
    const names = new Map(users.map((user) => [user.user_id, user.app_name ?? '']))
    const [unlucky, ...lucky] = users.map(
      ({ user_id: id }) => owners.find(({ userId }) => userId === id) ?? owners[0]!,
    )
    await screeners.fly.addFault({
      kind: 'machine_limit',
      match: { operation: 'machines.create', app: names.get(unlucky!.userId) ?? '' },
      count: 1_000,
    })

    const { migration } = await call<{ migration: Migration }>('POST', '', plan)
    const find = () => call<Migration>('GET', `/${migration.id}`)
    const asked = async () => USERS - (await find()).counts.waiting
    await until('the first wave to be asked', async () => (await asked()) >= 2)
    await killWorker()
    await until('the second wave to be asked', async () => (await asked()) >= 4)
    await killWorker()
    await until('the migration to be over', async () => (await find()).ended_at !== null)
    expect(await find()).toMatchObject({ counts: { done: USERS - 1, failed: 1, skipped: 0 } })

    for (const owner of lucky) {
      const [app, ...others] = await appsOf(owner)
      expect(others).toEqual([])
      // As the preview had it.
      expect(app).toMatchObject({ status: 'active', flyAppName: names.get(owner.userId) })
      await until('the app to run its traders', async () => {
        const { there } = await cyclesAround(owner)
        return owner.traderIds.every((id) => there.at(-1)?.trader_ids.includes(id))
      })
      expect(sharedRuns(owner)).toBe(false)
    }
    expect(sharedRuns(unlucky!)).toBe(true)
    for (const owner of owners) await expectOnePlaceAtATime(owner)
  }, 300_000)

  /** After the move there is nobody who watches: what happens then is the engine's own. */
  test.each([
    [
      'is gone',
      (_owner: Owner, { flyAppName, flyMachineId }: App) =>
        screeners.fly.destroyByHand(flyAppName, flyMachineId ?? ''),
    ],
    [
      'crashes whenever it is started',
      async ({ userId }: Owner, { flyAppName }: App) => {
        writeFileSync(screeners.misbehaveFile, JSON.stringify({ [userId]: { crash_code: 1 } }))
        await screeners.fly.crash(flyAppName)
      },
    ],
  ])(
    'an app that %s right after the move: its traders are back within the minute',
    async (_what, happens) => {
      const owner = owners.find((one) => !sharedRuns(one))
      const [app] = owner ? await appsOf(owner) : []
      if (!owner || !app) throw new Error('nobody has been moved')
      await happens(owner, app)
      await until('the shared backend to have them back', () => sharedRuns(owner))
      await expectOnePlaceAtATime(owner)
    },
    150_000,
  )
}
