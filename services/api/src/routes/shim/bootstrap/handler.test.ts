import { confirmReleased, findHeartbeat, findPlacement } from '@hangar/db'
import { createTrader, createUser, waitFor } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { appHeaders, createAppRow, SHARED_TOKEN, useApi } from '../../../testing/harness.ts'
import { sql } from 'kysely'
import { randomBytes, randomUUID } from 'node:crypto'
import { createKeyRing, shimToken } from '@hangar/core'

describe('200', () => {
  const api = useApi()
  const bootstrap = (headers: Record<string, string>) =>
    request(api.app).get('/shim/v1/bootstrap').set(headers)

  test("the user's own enabled traders, and nobody else's", async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const { userId: neighbour } = await createUser(api.db, { tier: 'pro' })
    const { traderId } = await createTrader(api.db, userId, { name: 'mine', filter: { rsi: 30 } })
    await createTrader(api.db, userId, { name: 'off', enabled: false })
    await createTrader(api.db, neighbour, { name: 'theirs' })
    await createTrader(api.db, null, { name: 'built-in' })
    const app = await createAppRow(api.db, userId)

    const response = await bootstrap(appHeaders(api, app))
    expect(response.status).toBe(200)
    expect(response.body).toEqual({
      user_id: userId,
      app_name: app.flyAppName,
      generation: 1,
      tier: 'pro',
      directive: 'run',
      placement: 'dedicated',
      retry_after_ms: null,
      heartbeat_interval_ms: 30_000,
      drain_grace_ms: 30_000,
      quota: 10,
      traders: [{ id: traderId, name: 'mine', definition: { rsi: 30 } }],
      supabase: null,
    })
    expect(await findHeartbeat(api.db, app.id)).toMatchObject({
      machineId: 'm1',
      bootstrappedAt: expect.any(Date),
    })
  })

  test.each([
    ['its teardown has begun', { status: 'deprovisioning', teardownStartedAt: 'now' }],
    ['its machine is about to change', { drainStartedAt: 'now' }],
  ] as const)('an app of which %s is told to drain, and gets no traders', async (_why, patch) => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    await createTrader(api.db, userId)
    const app = await createAppRow(api.db, userId, patch)
    const response = await bootstrap(appHeaders(api, app))
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({ directive: 'drain', traders: [] })
  })
})

describe('304', () => {
  const api = useApi()

  async function setUp() {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const { traderId } = await createTrader(api.db, userId)
    const app = await createAppRow(api.db, userId)
    const ask = (tag?: string) =>
      request(api.app)
        .get('/shim/v1/bootstrap')
        .set({ ...appHeaders(api, app), ...(tag !== undefined && { 'if-none-match': tag }) })
    return { userId, traderId, app, ask }
  }

  test('nothing changed: no body, and the same tag again', async () => {
    const { ask } = await setUp()
    const first = await ask()
    const tag = first.headers['etag']
    expect(tag).toMatch(/^"[\w-]{22}"$/)
    for (const given of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await ask(given)
      expect(again.status).toBe(304)
      expect(again.text).toBe('')
      expect(again.headers['etag']).toBe(tag)
    }
    expect((await ask('"other"')).status).toBe(200)
  })

  test.each([
    [
      "a trader's name",
      (traderId: string) => sql`update public.traders set name = 'new' where id = ${traderId}`,
    ],
    ['a definition', (id: string) => sql`update public.traders set filter = '{"rsi": 1}' where id = ${id}`],
    ['which are enabled', (id: string) => sql`update public.traders set enabled = false where id = ${id}`],
    [
      'the tier',
      (_: string, appId: string) => sql`update user_fly_apps set tier = 'elite' where id = ${appId}`,
    ],
    [
      'that it is to drain',
      (_: string, id: string) => sql`update user_fly_apps set teardown_started_at = now() where id = ${id}`,
    ],
  ])('%s changed: the whole answer', async (_what, change) => {
    const { traderId, app, ask } = await setUp()
    const tag = (await ask()).headers['etag'] ?? ''
    await change(traderId, app.id).execute(api.db)
    const response = await ask(tag)
    expect(response.status).toBe(200)
    expect(response.headers['etag']).not.toBe(tag)
  })
})

describe('401', () => {
  const api = useApi()

  test('a token that is not of one of our apps: the app goes on with what it knows', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const app = await createAppRow(api.db, userId)
    const good = shimToken(api.keyRing, app.id)
    const foreignRing = createKeyRing({ current: randomBytes(32).toString('base64') })
    const tokens = [
      `${good.slice(0, -1)}${good.endsWith('0') ? '1' : '0'}`,
      good.replace(app.id, randomUUID()),
      shimToken(foreignRing, app.id),
      // Ours, for a row of another database.
      shimToken(api.keyRing, randomUUID()),
      app.id,
      'hgr_',
    ]
    for (const token of tokens) {
      const response = await request(api.app)
        .get('/shim/v1/bootstrap')
        .set({ authorization: `Bearer ${token}`, 'x-fly-machine-id': 'm1' })
      expect(response.status).toBe(401)
    }
    expect(api.log.join('')).not.toContain(good)
  })
})

/** With a shared backend: an app trades once that has let its user's traders go, and not before. */
describe('placement', () => {
  const api = useApi({ deps: { placement: { handover: 'confirmed', sharedTokens: [SHARED_TOKEN] } } })

  async function setUp(patch: Parameters<typeof createAppRow>[2] = {}) {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const { traderId } = await createTrader(api.db, userId)
    const app = await createAppRow(api.db, userId, patch)
    const boot = () => request(api.app).get('/shim/v1/bootstrap').set(appHeaders(api, app))
    const beat = (...running: string[]) =>
      request(api.app)
        .post('/shim/v1/heartbeat')
        .set(appHeaders(api, app))
        .send({ running_trader_ids: running })
    return { userId, traderId, app, boot, beat }
  }

  test('moving until it is confirmed, then dedicated; the heartbeat tells an app that does not ask', async () => {
    const { userId, traderId, boot, beat } = await setUp()
    expect((await boot()).body).toMatchObject({ placement: 'moving', retry_after_ms: 3000, traders: [] })
    expect((await beat()).body).toMatchObject({ directives: [] })
    expect((await beat(traderId)).body).toMatchObject({ directives: ['reload'] })
    const { move } = (await findPlacement(api.db, userId))!
    await confirmReleased(api.db, [{ userId, move }])
    expect((await beat()).body).toMatchObject({ directives: ['reload'] })
    expect((await boot()).body).toMatchObject({
      placement: 'dedicated',
      retry_after_ms: null,
      traders: [{ id: traderId }],
    })
    expect((await beat(traderId)).body).toMatchObject({ directives: [] })
  })

  test('a change of traders is no reason to load anything while they are moving', async () => {
    const { userId, boot, beat } = await setUp()
    const tag = (await boot()).headers['etag']
    await createTrader(api.db, userId)
    expect((await beat()).body).toMatchObject({ directives: [] })
    expect((await boot()).headers['etag']).toBe(tag)
  })

  test('an app that is to drain sets nothing in motion', async () => {
    const { userId, boot } = await setUp({ status: 'deprovisioning', teardownStartedAt: 'now' })
    expect((await boot()).body).toMatchObject({
      directive: 'drain',
      placement: 'shared',
      retry_after_ms: null,
      traders: [],
    })
    expect(await findPlacement(api.db, userId)).toBeNull()
  })

  test('after its drain they are shared again, and stay so although it asks once more', async () => {
    const { userId, app, boot } = await setUp()
    await boot()
    await sql`update user_fly_apps set status = 'deprovisioning', teardown_started_at = now() where id = ${app.id}`.execute(
      api.db,
    )
    await request(api.app)
      .post('/shim/v1/drained')
      .set(appHeaders(api, app))
      .send({ signals_flushed: 0, executions_flushed: 0, lost: 0 })
      .expect(200)
    expect(await findPlacement(api.db, userId)).toMatchObject({ runsOn: 'shared' })
    expect((await boot()).body).toMatchObject({ directive: 'drain', traders: [] })
    expect(await findPlacement(api.db, userId)).toMatchObject({ runsOn: 'shared' })
  })

  test('an app that was given up without being stopped hands its traders back with the answer that stops it', async () => {
    const { userId, app, boot } = await setUp()
    await boot()
    await sql`update user_fly_apps set status = 'deleted', deleted_at = now() where id = ${app.id}`.execute(
      api.db,
    )
    expect(await findPlacement(api.db, userId)).toMatchObject({ runsOn: 'moving' })
    expect((await boot()).status).toBe(410)
    expect(await findPlacement(api.db, userId)).toMatchObject({ runsOn: 'shared' })
  })

  test('a bootstrap that meets the beginning of the teardown halfway hears of it', async () => {
    const { userId, app, boot } = await setUp()
    let answer: Promise<request.Response> | undefined
    await api.db.transaction().execute(async (tx) => {
      await sql`update user_fly_apps set teardown_started_at = now() where id = ${app.id}`.execute(tx)
      answer = boot().then((response) => response)
      const waits = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      await waitFor(async () => (await waits.execute(api.db)).rows.length > 0, {
        what: 'the bootstrap to wait',
      })
    })
    expect((await answer)?.body).toMatchObject({ directive: 'drain', traders: [] })
    expect(await findPlacement(api.db, userId)).toBeNull()
  })
})
