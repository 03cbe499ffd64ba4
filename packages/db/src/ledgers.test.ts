import { randomUUID } from 'node:crypto'
import { createUser, useTestDatabase } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { insertApp, updateApp, type AppRow } from './apps.ts'
import { insertAudit, listAudit } from './audit.ts'
import type { Database, Tx } from './database.ts'
import { clearDrained, findHeartbeat, recordBootstrap, recordDrained, recordHeartbeat } from './heartbeats.ts'
import { findInstallationId } from './installation.ts'
import { endOverride, findActiveOverride, insertOverride } from './overrides.ts'
import { takePermit } from './permits.ts'
import { anApp } from './test-data.ts'

/** Everything on one connection, so that `hangar.now` can be set for it. */
async function atTimes<T>(
  db: Database,
  use: (tx: Tx, setNow: (time: string) => Promise<unknown>) => Promise<T>,
) {
  return db.transaction().execute((tx) => {
    const setNow = (time: string) => sql`select set_config('hangar.now', ${time}, true)`.execute(tx)
    return use(tx, setNow)
  })
}

async function newApp(db: Database): Promise<AppRow> {
  const { userId } = await createUser(db)
  return db.transaction().execute((tx) => insertApp(tx, anApp(userId)))
}

describe('hangar.now()', () => {
  const t = useTestDatabase()

  test('moves on within a transaction, unless a test holds it', async () => {
    await atTimes(t.db, async (tx, setNow) => {
      const now = async () => (await sql<{ at: Date }>`select hangar.now() as at`.execute(tx)).rows[0]!.at
      const first = await now()
      await sql`select pg_sleep(0.002)`.execute(tx)
      expect((await now()) > first).toBe(true)
      await setNow('2026-03-01T00:00:00Z')
      expect(await now()).toEqual(new Date('2026-03-01T00:00:00Z'))
    })
  })
})

describe('heartbeats', () => {
  const t = useTestDatabase()

  test('bootstrap, reports and the end of a drain add up in one row', async () => {
    const app = await newApp(t.db)
    await t.db.transaction().execute((tx) => updateApp(tx, app.id, { flyMachineId: 'm1' }))
    expect(await findHeartbeat(t.db, app.id)).toBeNull()
    await recordBootstrap(t.db, app.id, 'm1')
    const traderId = randomUUID()
    const lastCycleAt = new Date('2026-03-01T00:00:00Z')
    await recordHeartbeat(t.db, app.id, {
      machineId: 'm1',
      runningTraderIds: [traderId],
      lastCycleAt,
      memoryMb: 88,
    })
    await recordHeartbeat(t.db, app.id, { machineId: 'm1', runningTraderIds: [], bufferedSignals: 3 })
    const drained = { signalsFlushed: 3, executionsFlushed: 1, lost: 0 }
    await recordDrained(t.db, app.id, drained)
    const row = await findHeartbeat(t.db, app.id)
    expect(row).toMatchObject({
      userId: app.userId,
      machineId: 'm1',
      runningTraderIds: [],
      lastCycleAt,
      bufferedSignals: 3,
      memoryMb: 88,
      drained,
    })
    expect(row?.bootstrappedAt).toBeInstanceOf(Date)
    expect(row?.lastHeartbeatAt).toBeInstanceOf(Date)
    expect(row?.drainedAt).toBeInstanceOf(Date)
    await t.db.transaction().execute((tx) => clearDrained(tx, app.id))
    expect(await findHeartbeat(t.db, app.id)).toMatchObject({
      drainedAt: null,
      drained: null,
      machineId: 'm1',
    })
  })

  test('of an app that has no row are refused', async () => {
    await expect(recordBootstrap(t.db, randomUUID(), 'm1')).rejects.toThrow()
  })
})

describe('permits', () => {
  const t = useTestDatabase({ maxConnections: 20 })

  test('as many as the bucket holds, however many ask at once; then one by one as it refills', async () => {
    await sql`update hangar.permits set tokens = 5, capacity = 5, refill_per_second = 0.001, refilled_at = hangar.now()`.execute(
      t.db,
    )
    const answers = await Promise.all(Array.from({ length: 20 }, () => takePermit(t.db, 'fly_app_delete')))
    expect(answers.filter(({ ok }) => ok)).toHaveLength(5)
    const refused = answers.find(({ ok }) => !ok) as { retryAfterMs: number }
    expect(refused.retryAfterMs).toBeGreaterThan(900_000)
    expect(refused.retryAfterMs).toBeLessThanOrEqual(1_000_000)
  })

  test('whoever leaves some to others waits for as many more', async () => {
    await sql`update hangar.permits set tokens = 4, capacity = 10, refill_per_second = 0.001, refilled_at = hangar.now()`.execute(
      t.db,
    )
    const take = () => takePermit(t.db, 'repair', { leave: 3 })
    expect(await take()).toEqual({ ok: true })
    const refused = (await take()) as { retryAfterMs: number }
    expect(refused).toMatchObject({ ok: false })
    expect(refused.retryAfterMs).toBeGreaterThan(900_000)
    expect(refused.retryAfterMs).toBeLessThanOrEqual(1_000_000)
    for (const ok of [true, true, true, false]) expect(await takePermit(t.db, 'repair')).toMatchObject({ ok })
  })

  test('a bucket that is smaller than what is to be left gives its last one only when it is full', async () => {
    await sql`update hangar.permits set tokens = 2, capacity = 2, refill_per_second = 0.001, refilled_at = hangar.now()`.execute(
      t.db,
    )
    for (const ok of [true, false])
      expect(await takePermit(t.db, 'repair', { leave: 5 })).toMatchObject({ ok })
  })

  test('a full bucket stays full, and a clock that steps back gives nothing away', async () => {
    await atTimes(t.db, async (tx, setNow) => {
      await setNow('2026-03-01T00:00:00Z')
      await sql`update hangar.permits set tokens = 1, capacity = 2, refill_per_second = 1, refilled_at = hangar.now()`.execute(
        tx,
      )
      await setNow('2026-03-01T01:00:00Z')
      for (const ok of [true, true, false])
        expect(await takePermit(tx, 'fly_app_delete')).toMatchObject({ ok })
      await setNow('2026-03-01T00:30:00Z')
      expect(await takePermit(tx, 'fly_app_delete')).toMatchObject({ ok: false, retryAfterMs: 1000 })
      await setNow('2026-03-01T01:00:01Z')
      expect(await takePermit(tx, 'fly_app_delete')).toEqual({ ok: true })
    })
  })
})

describe('overrides', () => {
  const t = useTestDatabase()

  test('one at a time: a new one takes the place of the old, an expired one is not in force', async () => {
    const userId = randomUUID()
    await atTimes(t.db, async (tx, setNow) => {
      await setNow('2026-03-01T00:00:00Z')
      expect(await findActiveOverride(tx, userId)).toBeNull()
      const guest = { cpuKind: 'shared', cpus: 4, memoryMb: 1024 } as const
      await insertOverride(tx, { userId, desired: 'on', guest, reason: 'trial', actor: 'op' })
      expect(await findActiveOverride(tx, userId)).toMatchObject({ desired: 'on', guest })
      const expiresAt = new Date('2026-03-02T00:00:00Z')
      await insertOverride(tx, { userId, desired: 'off', expiresAt, reason: 'abuse', actor: 'op' })
      expect(await findActiveOverride(tx, userId)).toMatchObject({ desired: 'off', guest: null })
      await setNow('2026-03-03T00:00:00Z')
      expect(await findActiveOverride(tx, userId)).toBeNull()
      expect(await endOverride(tx, userId)).toBe(true)
      expect(await endOverride(tx, userId)).toBe(false)
      const { rows } = await sql`select desired, ended_at from hangar.user_overrides order by id`.execute(tx)
      expect(rows).toEqual([
        { desired: 'on', endedAt: new Date('2026-03-01T00:00:00Z') },
        { desired: 'off', endedAt: expiresAt },
      ])
    })
  })

  test('a reason is required', async () => {
    const override = { userId: randomUUID(), desired: 'on', reason: ' ', actor: 'op' } as const
    await expect(t.db.transaction().execute((tx) => insertOverride(tx, override))).rejects.toThrow(
      'reason_is_given',
    )
  })
})

describe('audit log and installation', () => {
  const t = useTestDatabase()

  test('what was done is kept as it was', async () => {
    const userId = randomUUID()
    await insertAudit(t.db, {
      actor: 'op',
      action: 'app.retry',
      userId,
      before: { status: 'error' },
      after: [1],
    })
    expect(await listAudit(t.db, { userId, limit: 10 })).toMatchObject([
      { actor: 'op', action: 'app.retry', before: { status: 'error' }, after: [1], reason: null },
    ])
    await expect(sql`delete from hangar.audit_log`.execute(t.db)).rejects.toThrow('its rows are kept')
    await expect(sql`truncate hangar.audit_log`.execute(t.db)).rejects.toThrow('its rows are kept')
  })

  test('an installation has one id, for good', async () => {
    expect(await findInstallationId(t.db)).toMatch(/^[0-9a-f-]{36}$/)
    await expect(sql`insert into hangar.installation default values`.execute(t.db)).rejects.toThrow(
      'duplicate key',
    )
  })
})
