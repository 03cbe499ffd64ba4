import { findHeartbeat } from '@hangar/db'
import { createTrader, createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import request from 'supertest'
import { appHeaders, createAppRow, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  async function setUp(patch: Parameters<typeof createAppRow>[2] = {}) {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const app = await createAppRow(api.db, userId, patch)
    const beat = (body: object) =>
      request(api.app).post('/shim/v1/heartbeat').set(appHeaders(api, app)).send(body)
    const boot = () => request(api.app).get('/shim/v1/bootstrap').set(appHeaders(api, app))
    return { userId, app, beat, boot }
  }

  test('what the app reports is kept', async () => {
    const { app, beat, boot } = await setUp()
    await boot()
    const response = await beat({
      running_trader_ids: [],
      last_cycle_at: '2026-03-01T12:00:00Z',
      buffered_signals: 3,
      memory_mb: 101,
      version: '1.2.3',
      something_newer: true,
    })
    expect(response.status).toBe(200)
    expect(response.body).toEqual({ directives: [], supabase: null })
    expect(await findHeartbeat(api.db, app.id)).toMatchObject({
      machineId: 'm1',
      lastHeartbeatAt: expect.any(Date),
      runningTraderIds: [],
      lastCycleAt: new Date('2026-03-01T12:00:00Z'),
      bufferedSignals: 3,
      memoryMb: 101,
      version: '1.2.3',
    })
  })

  describe('the process of an app', () => {
    const named = async () => {
      const { app, beat } = await setUp()
      const from = (id: string | null, started = '2026-03-01T12:00:00Z') =>
        beat({ running_trader_ids: [], ...(id !== null && { process_id: id, started_at: started }) }).expect(
          200,
        )
      const ask = (id: string) =>
        request(api.app)
          .get('/shim/v1/bootstrap')
          .query({ process_id: id })
          .set(appHeaders(api, app))
          .expect(200)
      return { app, from, ask, known: () => findHeartbeat(api.db, app.id) }
    }

    test('is known by its name; another name is a restart, of which the last three are kept', async () => {
      const { from, ask, known } = await named()
      await ask('p1')
      await from('p1')
      await from('p1')
      expect(await known()).toMatchObject({
        processId: 'p1',
        processStartedAt: new Date('2026-03-01T12:00:00Z'),
        restartedAt: [],
      })
      for (const id of ['p2', 'p3']) await ask(id)
      expect((await known())?.restartedAt).toHaveLength(2)
      const [, second] = (await known())?.restartedAt ?? []
      for (const id of ['p3', 'p4', 'p5']) await from(id)
      const { restartedAt = [] } = (await known()) ?? {}
      expect(restartedAt).toHaveLength(3)
      expect(restartedAt[0]).toEqual(second)
    })

    test('that has no name says nothing of restarts', async () => {
      const { from, known } = await named()
      for (const id of ['p1', null, 'p1', null]) await from(id)
      expect(await known()).toMatchObject({ processId: 'p1', restartedAt: [] })
    })

    test('on another machine is no restart', async () => {
      const { app, from, known } = await named()
      await from('p1')
      await sql`update hangar.app_heartbeats set machine_id = 'm0' where user_fly_app_id = ${app.id}`.execute(
        api.db,
      )
      await from('p2')
      expect(await known()).toMatchObject({ processId: 'p2', restartedAt: [] })
    })
  })

  describe('reload exactly when the app', () => {
    async function setUpTrading() {
      const all = await setUp()
      const { traderId } = await createTrader(api.db, all.userId, { name: 'mine', filter: { rsi: 30 } })
      const directives = async (...running: string[]) =>
        ((await all.beat({ running_trader_ids: running })).body as { directives: string[] }).directives
      return { ...all, traderId, directives }
    }

    test('runs something else than its user has enabled', async () => {
      const { boot, traderId, directives } = await setUpTrading()
      await boot()
      expect(await directives()).toEqual(['reload'])
      expect(await directives(traderId)).toEqual([])
      expect(await directives(traderId, traderId)).toEqual([])
      expect(await directives(traderId, 'another')).toEqual(['reload'])
    })

    test.each([
      ['name', `name = 'better'`],
      ['definition', `filter = '{"rsi": 31}'`],
    ])('was told another %s of a trader than there is now', async (_what, change) => {
      const { boot, traderId, directives } = await setUpTrading()
      await boot()
      await sql`update public.traders set ${sql.raw(change)} where id = ${traderId}`.execute(api.db)
      expect(await directives(traderId)).toEqual(['reload'])
      expect(await directives(traderId)).toEqual(['reload'])
      await boot()
      expect(await directives(traderId)).toEqual([])
    })

    test('was never told what to run, as one from before this database knew what it was told', async () => {
      const { traderId, directives } = await setUpTrading()
      expect(await directives(traderId)).toEqual(['reload'])
    })
  })

  test('drain once it is decided, whatever runs', async () => {
    const { beat } = await setUp({ status: 'deprovisioning', teardownStartedAt: 'now' })
    expect((await beat({ running_trader_ids: ['t1'] })).body).toEqual({
      directives: ['drain'],
      supabase: null,
    })
  })

  test.each([
    ['being provisioned', { status: 'provisioning' }, true],
    ['being resized', { operation: 'resize' }, true],
    ['at rest', {}, false],
  ] as const)('an app %s: the lane waits for the report or does not', async (_name, patch, woken) => {
    const { userId, beat } = await setUp(patch)
    await beat({ running_trader_ids: [] })
    expect((await api.queues.provision.getDeduplicationJobId(userId)) !== null).toBe(woken)
  })
})

describe('422', () => {
  const api = useApi()

  test.each([
    ['heartbeat', 'running_trader_ids', {}],
    ['heartbeat', 'running_trader_ids', { running_trader_ids: 't1' }],
    ['heartbeat', 'running_trader_ids.0', { running_trader_ids: [1] }],
    ['heartbeat', 'version', { running_trader_ids: [], version: 'a\u0000b' }],
    ['heartbeat', 'last_cycle_at', { running_trader_ids: [], last_cycle_at: 'yesterday' }],
    ['heartbeat', 'memory_mb', { running_trader_ids: [], memory_mb: -1 }],
    ['heartbeat', 'memory_mb', { running_trader_ids: [], memory_mb: 3_000_000_000 }],
    ['heartbeat', 'buffered_signals', { running_trader_ids: [], buffered_signals: 1.5 }],
    ['drained', 'lost', { signals_flushed: 0, executions_flushed: 0 }],
    ['drained', 'signals_flushed', { signals_flushed: '0', executions_flushed: 0, lost: 0 }],
  ])('%s: %s in %j', async (name, field, body) => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const app = await createAppRow(api.db, userId)
    const response = await request(api.app).post(`/shim/v1/${name}`).set(appHeaders(api, app)).send(body)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field }] })
    expect(await findHeartbeat(api.db, app.id)).toBeNull()
  })
})
