import { listAlerts, recordBootstrap, recordHeartbeat } from '@hangar/db'
import { createUser, runSql } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'
import { sweepHealth } from './health.ts'
import { type Reports, whatIsWrong } from './reports.ts'

const now = new Date('2026-03-01T12:00:00Z')
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000)
const BOUND_MS = 15 * 60_000
const fine: Reports = {
  now,
  launchedAt: ago(600),
  bootstrappedAt: ago(600),
  lastCycleAt: ago(1),
  runningTraders: 2,
  restartedAt: [],
}

describe('what an app that beats says against itself', () => {
  test.each<[string, Partial<Reports>, RegExp | null]>([
    ['nothing', {}, null],
    ['two restarts', { restartedAt: [ago(2), ago(1)] }, null],
    ['three restarts in ten minutes', { restartedAt: [ago(9), ago(5), ago(1)] }, /^crash_looping/],
    ['three restarts in more', { restartedAt: [ago(11), ago(5), ago(1)] }, null],
    ['no cycle for longer than the bound', { lastCycleAt: ago(16) }, /^no_cycles: .* 16 minutes/],
    ['no cycle within the bound', { lastCycleAt: ago(14) }, null],
    ['an app that never tells of cycles', { lastCycleAt: null }, null],
    ['no traders, no cycles', { lastCycleAt: ago(16), runningTraders: 0 }, null],
    ['started since', { lastCycleAt: ago(16), launchedAt: ago(5) }, null],
    ['given traders since', { lastCycleAt: ago(16), bootstrappedAt: ago(5) }, null],
  ])('%s', (_what, facts, expected) => {
    const wrong = whatIsWrong({ ...fine, ...facts }, BOUND_MS)
    if (expected === null) expect(wrong).toBeNull()
    else expect(wrong).toMatch(expected)
  })
})

describe('the health sweep', () => {
  const engine = useEngine()
  const db = () => engine.database.db
  const sweep = () => sweepHealth(engine.deps, new AbortController().signal)
  const active = async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await engine.drive(userId)
    await runSql(
      engine.database.url,
      `update public.user_fly_apps set launched_at = launched_at - interval '1 hour' where user_id = '${userId}'`,
    )
    const row = await engine.live(userId)
    const machineId = row.flyMachineId!
    const beat = (report: { process?: string; lastCycleAt?: Date } = {}) =>
      recordHeartbeat(db(), row.id, {
        machineId,
        runningTraderIds: ['t1'],
        lastCycleAt: report.lastCycleAt ?? null,
        ...(report.process !== undefined && { process: { id: report.process, startedAt: null } }),
      })
    const health = async () => (await engine.live(userId)).healthStatus
    const alert = async () =>
      (await listAlerts(db(), { limit: 50, openOnly: true })).find(({ subject }) => subject === userId)
    return { userId, row, machineId, beat, health, alert }
  }

  test('an app that starts again and again is unhealthy although it beats in every life, and is told of', async () => {
    const app = await active()
    for (const id of ['p1', 'p2', 'p3', 'p4']) {
      await recordBootstrap(db(), app.row.id, app.machineId, { process: { id, startedAt: null } })
      await app.beat({ process: id })
    }
    await sweep()
    expect(await app.health()).toBe('unhealthy')
    await sweep()
    expect(await app.alert()).toMatchObject({
      kind: 'app_unhealthy',
      message: expect.stringContaining('crash_looping: it restarted 3 times'),
    })
    await runSql(
      engine.database.url,
      `update hangar.app_heartbeats set restarted_at = (select array_agg(at - interval '10 minutes') from unnest(restarted_at) at)
        where user_id = '${app.userId}'`,
    )
    await sweep()
    expect(await app.health()).toBe('healthy')
    expect(await app.alert()).toBeUndefined()
  })

  test('an app whose traders run no more is unhealthy, and well once they do', async () => {
    const app = await active()
    await runSql(
      engine.database.url,
      `update hangar.app_heartbeats set bootstrapped_at = bootstrapped_at - interval '1 hour' where user_id = '${app.userId}'`,
    )
    await app.beat({ lastCycleAt: new Date('2026-01-01T00:00:00Z') })
    await sweep()
    expect(await app.health()).toBe('unhealthy')
    await app.beat({ lastCycleAt: app.row.updatedAt })
    await sweep()
    expect(await app.health()).toBe('healthy')
  })
})
