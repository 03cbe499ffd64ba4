import { createUser, useTestDatabase } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { findAppById, insertApp } from './apps.ts'
import { sumCostUsd } from './cost.ts'
import { listEvents } from './events.ts'
import { findHeartbeat, recordDrained } from './heartbeats.ts'
import { recordStep } from './step.ts'
import { claimLease, type Lease, withFence } from './work.ts'

const t = useTestDatabase()

async function leased(): Promise<{ lease: Lease; appId: string; userId: string }> {
  const { userId } = await createUser(t.db, { tier: 'pro' })
  const claimed = await claimLease(t.db, { userId, owner: 'a', ttlMs: 60_000 })
  const name = `vyx-user-${userId.slice(0, 8)}`
  const app = await withFence(t.db, claimed!.lease, (tx) =>
    insertApp(tx, {
      userId,
      generation: 1,
      flyAppName: name,
      network: name,
      tier: 'pro',
      region: 'iad',
      image: 'x',
      cpuKind: 'shared',
      cpus: 2,
      memoryMb: 512,
    }),
  )
  return { lease: claimed!.lease, appId: app.id, userId }
}

const event = (eventType: string) => ({
  eventType,
  status: 'success' as const,
  actor: 'a',
  metadata: { n: 1 },
})
const cost = { state: 'running', priceModel: 'product', usdPerSecond: '0.000002314815' } as const

describe('a step in one statement', () => {
  test('changes the row, appends the events in their order, and keeps the ledger', async () => {
    const { lease, appId, userId } = await leased()
    const events = [event('provision_healthy'), event('provision_completed')]
    const row = await recordStep(t.db, lease, {
      appId,
      patch: { status: 'active', deployedAt: 'now' },
      events,
      cost,
    })
    expect(row).toMatchObject({ id: appId, status: 'active', deployedAt: expect.any(Date) })
    expect(await findAppById(t.db, appId)).toEqual(row)
    const written = await listEvents(t.db, { userId, limit: 10 })
    expect(written.map(({ eventType }) => eventType)).toEqual(['provision_completed', 'provision_healthy'])
    expect(written[0]).toMatchObject({ userFlyAppId: appId, actor: 'a', metadata: { n: 1 }, message: null })
    await sql`update hangar.cost_intervals set started_at = started_at - interval '1 day'`.execute(t.db)
    await recordStep(t.db, lease, { appId, patch: {}, events: [], cost: null })
    expect(await sumCostUsd(t.db, appId)).toMatch(/^0\.20000\d$/)
  })

  test('an interval that is open goes on when the step runs twice', async () => {
    const { lease, appId } = await leased()
    for (let twice = 0; twice < 2; twice++)
      await recordStep(t.db, lease, { appId, patch: {}, events: [], cost })
    const { rows } = await sql`
      select ended_at is null as open from hangar.cost_intervals where user_fly_app_id = ${appId}`.execute(
      t.db,
    )
    expect(rows).toEqual([{ open: true }])
  })

  test('a new machine instance begins undrained', async () => {
    const { lease, appId } = await leased()
    await recordDrained(t.db, appId, { signalsFlushed: 1, executionsFlushed: 0, lost: 0 })
    await recordStep(t.db, lease, { appId, patch: {}, events: [], clearDrained: true })
    expect(await findHeartbeat(t.db, appId)).toMatchObject({ drainedAt: null, drained: null })
  })

  test.each([
    ['claimed by another', sql`update hangar.user_work set fence = fence + 1, owner = 'b'`],
    ['run out', sql`update hangar.user_work set lease_expires_at = hangar.now()`],
  ])('a lease that is %s writes nothing at all', async (_, lose) => {
    const { lease, appId, userId } = await leased()
    const before = await findAppById(t.db, appId)
    await lose.execute(t.db)
    const step = {
      appId,
      patch: { status: 'active' as const },
      events: [event('provision_completed')],
      cost,
    }
    await expect(recordStep(t.db, lease, { ...step, clearDrained: true })).rejects.toMatchObject({
      code: 'lease_lost',
    })
    expect(await findAppById(t.db, appId)).toEqual(before)
    expect(await listEvents(t.db, { userId, limit: 10 })).toEqual([])
    expect(await sumCostUsd(t.db, appId)).toBe('0.000000')
  })

  test('a claim that commits while the step waits for the lease row wins', async () => {
    const { lease, appId } = await leased()
    let committed: Promise<unknown> = Promise.resolve()
    let step: Promise<unknown> = Promise.resolve()
    await t.db.transaction().execute(async (tx) => {
      await sql`update hangar.user_work set fence = fence + 1, owner = 'b' where user_id = ${lease.userId}`.execute(
        tx,
      )
      step = recordStep(t.db, lease, { appId, patch: { status: 'active' }, events: [] }).catch(
        (error: unknown) => error,
      )
      committed = waitUntilBlocked()
      await committed
    })
    expect(await step).toMatchObject({ code: 'lease_lost' })
    expect((await findAppById(t.db, appId))?.status).toBe('provisioning')
  })
})

/** Until some statement of this database waits for a lock. */
async function waitUntilBlocked(): Promise<void> {
  for (let look = 0; look < 500; look++) {
    const { rows } = await sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
      t.db,
    )
    if (rows.length > 0) return
  }
  throw new Error('nothing ever waited for a lock')
}
