/** With a shared backend: an app trades once that has let its user's traders go, and not before. */
import { confirmReleased, findPlacement } from '@hangar/db'
import { createTrader, createUser, waitFor } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import request from 'supertest'
import { appHeaders, createAppRow, SHARED_TOKEN, useApi } from '../../../testing/harness.ts'

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
