/**
 * A whole Hangar for a test file, each part a process of its own, as `npm run demo` starts them. What a test changes is a
 * tier, by plain SQL; what it believes is what Fly was called for and what the apps themselves say they run.
 */
import { createDatabase, findWant, type AppRow, type Database } from '@hangar/db'
import { startCourier, waitFor, type Courier } from '@hangar/testkit/local'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { createDemoUser, type DemoUser } from '../../demo/user.ts'
import { startStack, type Stack } from '../stack.ts'
import { FlyStandIn } from './fly-stand-in.ts'

/** How long a change may take on a busy machine; most take two or three seconds. */
const PATIENCE_MS = 30_000

export const setTier = (user: DemoUser, tier: string) => user.runSql(user.tierChange(tier))

export const until = <T>(what: string, holds: () => Promise<T>, timeoutMs = PATIENCE_MS) =>
  waitFor(holds, { what, timeoutMs })

export class WholeHangar {
  stack!: Stack
  db!: Database
  fly!: FlyStandIn
  courier!: Courier
  deliveries = 0
  #users = 0

  async start(): Promise<void> {
    // Servers of its own, whatever the developer's shell names: tests empty its Redis.
    this.stack = await startStack({ report: () => {}, courier: false, environment: {} })
    const connectionString = this.stack.addresses.databaseUrl
    this.db = createDatabase({ connectionString, applicationName: 'hangar-test' })
    this.fly = new FlyStandIn(this.stack)
    await this.letCourierRun()
  }

  async stop(): Promise<void> {
    await this.courier.stop()
    await this.db.destroy()
    await this.stack.stop()
  }

  async letCourierRun(): Promise<void> {
    this.courier = await startCourier({
      connectionString: this.stack.addresses.databaseUrl,
      onDelivery: () => (this.deliveries += 1),
    })
  }

  /** On free, with two traders of their own and some history. */
  createUser(): Promise<DemoUser> {
    this.#users += 1
    return createDemoUser(this.stack, this.db, `user-${this.#users}@example.test`)
  }

  async upgraded(): Promise<{ user: DemoUser; app: AppRow }> {
    const user = await this.createUser()
    await setTier(user, 'pro')
    return { user, app: await this.trading(user, { memoryMb: 512 }) }
  }

  /** Active in Hangar's table, and in truth: the app itself says that it trades with all of the user's traders. */
  trading(user: DemoUser, wanted: { memoryMb: number; patienceMs?: number }): Promise<AppRow> {
    const what = `the app of ${user.email} to trade with ${wanted.memoryMb} MB`
    const holds = async () => {
      const app = await user.liveApp()
      if (!app) return null
      const health = await this.fly.health(app.flyAppName)
      const seen = {
        row: [app.status, app.healthStatus, app.operation, app.memoryMb],
        app: [health?.status, health?.state, health?.running_trader_ids.toSorted()],
      }
      const right = {
        row: ['active', 'healthy', null, wanted.memoryMb],
        app: [200, 'trading', user.traderIds.toSorted()],
      }
      if (JSON.stringify(seen) === JSON.stringify(right)) return app
      // The last one is named when the time is up.
      throw new Error(JSON.stringify(seen))
    }
    return until(what, holds, wanted.patienceMs)
  }

  /** No more work for the user: whatever was asked for has been looked at. */
  atRest(user: DemoUser): Promise<unknown> {
    return until(`${user.email} to be at rest`, async () => {
      const want = await findWant(this.db, user.userId)
      const work = await this.db
        .selectFrom('hangar.userWork')
        .select(['doneVersion', 'owner'])
        .where('userId', '=', user.userId)
        .executeTakeFirst()
      return work?.owner === null && work.doneVersion === want?.wantedVersion
    })
  }

  async machineOf(app: AppRow): Promise<string> {
    const machines = await this.fly.machines(app.flyAppName)
    expect(machines).toEqual(
      [{ id: app.flyMachineId, state: 'started' }].map((one) => expect.objectContaining(one)),
    )
    return String(machines[0]?.id)
  }
}

export function useWholeHangar(): WholeHangar {
  const hangar = new WholeHangar()
  beforeAll(() => hangar.start(), 60_000)
  afterAll(() => hangar.stop(), 60_000)
  return hangar
}
