/** What is told, to whom, and until when; over real connections. */
import { acknowledgeAlert, insertAudit, insertEvent, raiseAlert, resolveAlert, updateApp } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { systemClock } from '@hangar/core'
import { createLogger } from '@hangar/runtime'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import request from 'supertest'
import { createChangeFeed } from '../../../changes/feed.ts'
import { Follower, serve } from '../../../testing/event-stream.ts'
import { bearer, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()
let server: Awaited<ReturnType<typeof serve>>
const followers: Follower[] = []

async function follow(after?: string): Promise<Follower> {
  const follower = new Follower(server.url, await bearer('viewer'), after)
  followers.push(follower)
  await follower.until(() => follower.told.length > 0, 'the first event')
  return follower
}

beforeAll(async () => {
  server = await serve(api.app)
})
afterEach(async () => {
  await Promise.all(followers.splice(0).map((follower) => follower.leave()))
})
afterAll(() => server.close())

async function happen(userId: string, eventType: string, appId: string | null = null): Promise<number> {
  const event = {
    userFlyAppId: appId,
    userId,
    eventType,
    status: 'success',
    message: 'm',
    actor: 'a',
  } as const
  return (await insertEvent(api.db, event)).id
}

test('what happens to an app, with its state as it is now; from when one came on', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const { id } = await createAppRow(api.db, userId, { healthStatus: 'healthy' })
  await happen(userId, 'provision_started', id)
  const one = await follow()
  const other = await follow()
  expect(one.told[0]).toEqual({ event: 'hello', id: expect.any(String), data: { resumed: false } })
  const eventId = await happen(userId, 'provision_completed', id)
  for (const follower of [one, other]) {
    await follower.until(() => follower.of('app').length > 0, 'the event')
    expect(follower.of('app')).toEqual([
      {
        event_id: eventId,
        user_id: userId,
        app_id: id,
        status: 'active',
        health_status: 'healthy',
        event_type: 'provision_completed',
        message: 'm',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      },
    ])
  }
  expect(one.lastId).not.toBe(one.told[0]?.id)
})

test('an alert from its beginning to its end, and what people do', async () => {
  const follower = await follow()
  const states = () => follower.of('alert').map(({ state }) => state)
  await raiseAlert(api.db, { kind: 'stuck', subject: 's', severity: 'critical', message: 'm' })
  await follower.until(() => states().length === 1, 'the alert')
  const id = Number(follower.of('alert')[0]?.['id'])
  await api.db.transaction().execute((tx) => acknowledgeAlert(tx, id, 'user:1'))
  await follower.until(() => states().length === 2, 'that it was acknowledged')
  await resolveAlert(api.db, 'stuck', 's')
  await follower.until(() => states().length === 3, 'its end')
  expect(states()).toEqual(['open', 'acknowledged', 'resolved'])
  expect(follower.of('alert')[0]).toMatchObject({
    id,
    kind: 'stuck',
    subject: 's',
    severity: 'critical',
    times: 1,
  })

  await insertAudit(api.db, { actor: 'user:1', action: 'brake.release', reason: 'over' })
  await follower.until(() => follower.of('audit').length === 1, 'the act')
  expect(follower.of('audit')[0]).toMatchObject({ actor: 'user:1', action: 'brake.release', user_id: null })
})

test('a transaction that commits late is told of, though one with a higher id was told of before it', async () => {
  const { userId } = await createUser(api.db)
  const follower = await follow()
  const written = Promise.withResolvers<number>()
  const commit = Promise.withResolvers<null>()
  const done = api.db.transaction().execute(async (tx) => {
    const event = {
      userFlyAppId: null,
      userId,
      eventType: 'orphan_found',
      status: 'success',
      actor: 'a',
    } as const
    written.resolve((await insertEvent(tx, event)).id)
    await commit.promise
  })
  const late = await written.promise
  const early = await happen(userId, 'orphan_gone')
  await follower.until(() => follower.of('app').length === 1, 'the one that was committed')
  expect(follower.of('app')).toMatchObject([{ event_id: early }])
  expect(early).toBeGreaterThan(late)
  const { lastId } = follower
  await follower.leave()
  commit.resolve(null)
  await done

  const back = await follow(lastId)
  await back.until(() => back.of('app').length > 0, 'the late one')
  expect(back.of('hello')).toEqual([{ resumed: true }])
  expect(back.of('app')).toMatchObject([{ event_id: late }])
})

test('whoever comes back is told what they missed, once; and nothing that was told before', async () => {
  const { userId } = await createUser(api.db)
  const first = await follow()
  await happen(userId, 'orphan_found')
  await first.until(() => first.of('app').length === 1, 'the first')
  await first.leave()
  const missed = [await happen(userId, 'orphan_gone'), await happen(userId, 'orphan_adopted')]
  const second = await follow(first.lastId)
  const last = await happen(userId, 'orphan_deleted')
  await second.until(() => second.of('app').length >= 3, 'all of it')
  expect(second.of('app').map(({ event_id: id }) => id)).toEqual([...missed, last])
})

test.each(['x', '1.2:3:', `${'0'.repeat(12)}.1:2:`, `${'f'.repeat(12)}.1:${'9'.repeat(20)}:`])(
  'an id that is none of ours (%s): read everything anew, and go on from here',
  async (id) => {
    const follower = await follow(id)
    expect(follower.told.map(({ event }) => event)).toEqual(['hello', 'reset'])
    expect(follower.of('hello')).toEqual([{ resumed: false }])
    const { userId } = await createUser(api.db)
    await happen(userId, 'orphan_found')
    await follower.until(() => follower.of('app').length === 1, 'what comes after it')
  },
)

test('the head alone ends', async () => {
  const response = await request(api.app)
    .head('/v1/stream')
    .set(await bearer('viewer'))
  expect(response.status).toBe(200)
  expect(response.headers).toMatchObject({
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })
})

test('an app without an event is none; its row alone changes nothing', async () => {
  const { userId } = await createUser(api.db)
  const { id } = await createAppRow(api.db, userId)
  const follower = await follow()
  await api.db.transaction().execute((tx) => updateApp(tx, id, { healthFailures: 1 }))
  const seen = await happen(userId, 'health_check_failed', id)
  await follower.until(() => follower.of('app').length > 0, 'the event')
  expect(follower.of('app')).toMatchObject([{ event_id: seen }])
})

test('nobody is asked once nobody listens, and stopping sends everybody away', async () => {
  const stopping = new AbortController()
  const feed = createChangeFeed({
    db: api.db,
    clock: systemClock,
    logger: createLogger({ service: 'api', level: 'silent' }),
    stopping: stopping.signal,
    lookEveryMs: 5,
  })
  const listen = () =>
    feed.listen({ who: 'user:1', after: undefined, isStillAllowed: () => Promise.resolve(true) })
  const one = listen()[Symbol.asyncIterator]()
  const other = listen()[Symbol.asyncIterator]()
  expect((await one.next()).value).toContain('event: hello')
  expect((await other.next()).value).toContain('event: hello')
  await one.return(undefined)
  expect(feed.size).toBe(1)
  const next = other.next()
  stopping.abort()
  expect(await next).toMatchObject({ done: true })
  expect(feed.size).toBe(0)
  const late = listen()[Symbol.asyncIterator]()
  await late.next()
  expect(await late.next()).toMatchObject({ done: true })
})
