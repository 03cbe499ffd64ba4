/**
 * The main job on a whole Hangar: PostgreSQL with the trigger, courier, API, Redis, worker, scheduler, the Fly
 * stand-in and the users' apps. late-answers.full.test.ts has what takes Fly's checks to decide.
 */
import { listEvents, type DrainReport } from '@hangar/db'
import { createTrader } from '@hangar/testkit/factories'
import { removeRedisKeys, runSql } from '@hangar/testkit/local'
import { describe, expect, test } from '@jest/globals'
import type { DemoUser } from '../demo/user.ts'
import { callProvision, sendWebhook } from './testing/callers.ts'
import { setTier, until, useWholeHangar } from './testing/whole-hangar.ts'

const hangar = useWholeHangar()

describe('a tier change by plain SQL', () => {
  let user: DemoUser

  test('asked for by everybody at once and again: one app, one machine, and it runs the traders', async () => {
    user = await hangar.createUser()
    // Slow enough that what follows falls into it: hints meet a worker in the middle, and the relay has its turns.
    await hangar.fly.addFault({
      kind: 'delay',
      match: { operation: 'machines.create' },
      count: 1,
      params: { ms: 2_000 },
    })
    await setTier(user, 'pro')
    const answers: [string, number][] = []
    const ask = async (who: string, response: Promise<Response>) =>
      answers.push([who, (await response).status])
    for (let wave = 0; (await user.liveApp())?.status !== 'active'; wave++) {
      expect(wave).toBeLessThan(500)
      const ids = Array.from({ length: 8 }, (_, n) => `msg_storm_${wave}_${n}`)
      await Promise.all([
        ...[...ids, ...ids].map((id) => ask('webhook', sendWebhook(hangar.stack, id, user.userId, 'pro'))),
        ...[1, 2, 3, 4].map(() => ask('manual', callProvision(hangar.stack, user.userId, 'pro'))),
      ])
    }
    const app = await hangar.trading(user, { memoryMb: 512 })
    await hangar.atRest(user)

    expect(answers.length).toBeGreaterThan(100)
    expect(new Set(answers.map((answer) => answer.join(' ')))).toEqual(new Set(['webhook 202', 'manual 200']))
    expect(hangar.deliveries).toBeGreaterThan(0)
    expect(await hangar.fly.applied('apps.create')).toHaveLength(1)
    expect((await hangar.fly.applied('machines.create')).map((call) => call.app)).toEqual([app.flyAppName])
    await hangar.machineOf(app)
    expect(await user.apps()).toHaveLength(1)
    expect(app.flyAppName).toMatch(/^vyx-user-[a-z0-9]{8}$/)
    const events = (await listEvents(hangar.db, { userId: user.userId, limit: 100 })).map(
      (event) => event.eventType,
    )
    expect(events.filter((type) => type === 'provision_completed')).toHaveLength(1)
    expect(events.filter((type) => /_(retried|failed|superseded)$/.test(type))).toEqual([])
  })

  test('back to free: the app is drained and gone, and every row is still there', async () => {
    const { traderId: builtIn } = await createTrader(hangar.db, null, { name: 'Built in' })
    const name = (await user.liveApp())!.flyAppName
    await setTier(user, 'free')
    const row = await until('the app to be deleted', async () => {
      const [app] = await user.apps()
      return app?.status === 'deleted' && !(await user.isOnFly(name)) && app
    })
    expect(row.deletedAt).not.toBeNull()
    expect(Number(row.finalCostUsd)).toBeGreaterThan(0)
    expect(row.monthlyCostEstimateUsd).toBe('6.00')

    const events = await listEvents(hangar.db, { userId: user.userId, limit: 100 })
    const drained = events.find((event) => event.eventType === 'deprovision_drained')
    expect(drained).toMatchObject({ status: 'success', metadata: { ended: 'reported' } })
    expect(events.map((event) => event.eventType)).toContain('provision_completed')
    const { report } = drained?.metadata as { report: DrainReport }
    expect(report).toMatchObject({ executionsFlushed: expect.any(Number), lost: 0 })
    expect(report.executionsFlushed).toBeGreaterThan(0)
    // What was there before, and what the app says it wrote out: all of it, and each once.
    expect(await user.keptRows()).toEqual({
      traders: 2,
      signals: 50 + report.signalsFlushed,
      executions: 20 + report.executionsFlushed,
    })
    const traders = await hangar.db
      .selectFrom('hangar.hostTraders')
      .select(['id', 'enabled', 'disabledBy'])
      .where('id', 'in', [...user.traderIds, builtIn])
      .execute()
    const expected = [
      ...user.traderIds.map((id) => ({ id, enabled: false, disabledBy: 'quota' })),
      { id: builtIn, enabled: true, disabledBy: null },
    ]
    expect(new Map(traders.map((one) => [one.id, one]))).toEqual(
      new Map(expected.map((one) => [one.id, one])),
    )
  })
})

describe('what only hints is lost', () => {
  test('every webhook: the relay brings the app up', async () => {
    await hangar.courier.stop()
    const delivered = hangar.deliveries
    const { user, app } = await hangar.upgraded()
    expect(hangar.deliveries).toBe(delivered)
    await hangar.machineOf(app)
    await runSql(hangar.stack.addresses.databaseUrl, 'truncate net.http_request_queue')
    await hangar.letCourierRun()
    await hangar.atRest(user)
  })

  test('all of Redis, in the middle of a call to Fly and again while waiting: there within 30 s', async () => {
    const user = await hangar.createUser()
    const slow = await hangar.fly.addFault({
      kind: 'delay',
      match: { operation: 'machines.create' },
      count: 1,
      params: { ms: 1_500 },
    })
    const schedulesWritten = () =>
      hangar.stack.services
        .get('scheduler')!
        .logs()
        .match(/"schedule":"health","why":"missing"/g)?.length ?? 0
    const written = schedulesWritten()
    await setTier(user, 'pro')
    await until('the machine to be under way', () => hangar.fly.hasStruck(slow))
    await flushRedis()
    await until('the worker to wait for the app', async () =>
      (await user.eventsAfter(0)).some((event) => event.eventType === 'provision_machine_created'),
    )
    await flushRedis()
    const app = await hangar.trading(user, { memoryMb: 512, patienceMs: 30_000 })
    await hangar.machineOf(app)
    expect(await hangar.fly.applied('machines.create', app.flyAppName)).toHaveLength(1)
    await until('the schedules to be there again', () => Promise.resolve(schedulesWritten() > written))
  })

  const flushRedis = () => removeRedisKeys(hangar.stack.addresses.redisUrl, '')
})
