/** One user of the product, as the demo sees them: their rows, their app on Fly, and what runs in it. */
import { findLiveApp, listAppsByUser, listEvents, type AppRow, type Database } from '@hangar/db'
import {
  countKeptRows,
  createTrader,
  createUser,
  insertExecutions,
  insertSignals,
  type KeptRows,
} from '@hangar/testkit/factories'
import { runSql } from '@hangar/testkit/local'
import { urlOf } from '../stack/settings.ts'
import type { Stack } from '../stack/stack.ts'

const TRADERS = ['Morning breakout', 'Mean reversion']

export type RunningTrader = { id: string; name: string; cycle: number }

export type DemoUser = {
  readonly userId: string
  readonly email: string
  readonly traderNames: readonly string[]
  readonly traderIds: readonly string[]
  /** The tier change as the product makes it: plain SQL. */
  tierChange(tier: string): string
  /** Runs SQL on a connection that knows nothing of Hangar. */
  runSql(statement: string): Promise<void>
  liveApp(): Promise<AppRow | null>
  apps(): Promise<AppRow[]>
  eventsAfter(id: number): Promise<{ id: number; eventType: string; status: string }[]>
  keptRows(): Promise<KeptRows>
  /** Asks the app itself, over the address that Fly would give it. Null while it runs none of the user's traders. */
  runningTrader(appName: string): Promise<RunningTrader | null>
  /** The memory of the app's machine as Fly has it; null without a started machine. */
  memoryMbOnFly(appName: string): Promise<number | null>
  isOnFly(appName: string): Promise<boolean>
}

/** A free user with two traders of their own, which the product's quota switches off at once, and some history. */
export async function createDemoUser(
  stack: Stack,
  db: Database,
  email = 'ada@example.test',
): Promise<DemoUser> {
  const { userId } = await createUser(db, { tier: 'free', email })
  const traders = new Map<string, string>()
  for (const name of TRADERS) {
    const { traderId } = await createTrader(db, userId, { name })
    traders.set(traderId, name)
    await insertSignals(db, userId, traderId, 25)
    await insertExecutions(db, userId, traderId, 10)
  }
  const fly = urlOf(stack.addresses, 'flySim')
  const askFly = (path: string) =>
    fetch(`${fly}/v1/apps/${path}`, { headers: { Authorization: `Bearer ${stack.secrets.flyToken}` } })

  return {
    userId,
    email,
    traderNames: TRADERS,
    traderIds: [...traders.keys()],
    tierChange: (tier) => `UPDATE public.user_subscriptions SET tier = '${tier}' WHERE user_id = '${userId}'`,
    runSql: (statement) => runSql(stack.addresses.databaseUrl, statement),
    liveApp: () => findLiveApp(db, userId),
    apps: () => listAppsByUser(db, userId),
    eventsAfter: async (id) =>
      (await listEvents(db, { userId, limit: 100 })).filter((event) => event.id > id).reverse(),
    keptRows: () => countKeptRows(db, userId),
    runningTrader: (appName) => findRunningTrader(`${fly}/_app/${appName}/health`, traders),
    memoryMbOnFly: async (appName) => {
      const response = await askFly(`${appName}/machines`)
      if (!response.ok) return null
      const machines = (await response.json()) as {
        state: string
        config: { guest: { memory_mb: number } }
      }[]
      return machines.find(({ state }) => state === 'started')?.config.guest.memory_mb ?? null
    },
    isOnFly: async (appName) => (await askFly(appName)).status !== 404,
  }
}

async function findRunningTrader(
  url: string,
  own: ReadonlyMap<string, string>,
): Promise<RunningTrader | null> {
  const response = await fetch(url)
  if (!response.ok) return null
  const health = (await response.json()) as { running_trader_ids: string[]; cycle: number }
  const id = health.running_trader_ids.find((running) => own.has(running))
  // A trader counts as running when it has been through a cycle, not when it is on a list.
  if (id === undefined || health.cycle < 1) return null
  return { id, name: own.get(id) ?? id, cycle: health.cycle }
}
