/** Whether who was let in would still be let in: what an answer that goes on for long asks again and again. */
import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { createKeyRing, systemClock } from '@hangar/core'
import { createAdmin, testClock } from '@hangar/testkit'
import { beforeAll, expect, test } from '@jest/globals'
import express from 'express'
import { sql } from 'kysely'
import request from 'supertest'
import {
  accessToken,
  bearer,
  ISSUER,
  JWT_SECRET,
  SERVICE_KEY,
  serviceKey,
  useApi,
} from '../testing/harness.ts'
import { createAuthenticator } from './authenticator.ts'
import { createDoor, type Admitted } from './door.ts'
import { createRateLimits } from './rate-limits.ts'
import { createSessions, type Sessions } from './session.ts'

const api = useApi()
const clock = testClock(systemClock.now())
const settings = { jwtSecrets: [JWT_SECRET], serviceRoleKeys: [SERVICE_KEY], issuer: ISSUER }
const auth = createAuthenticator(settings, clock)

let sessions: Sessions
let admitted: Admitted
let app: RequestListener

beforeAll(() => {
  sessions = createSessions({
    db: api.db,
    keyRing: createKeyRing({ current: randomBytes(32).toString('base64') }),
    auth: settings,
    settings: { idleMs: 60_000, maxMs: 3_600_000 },
    secure: false,
  })
  const limits = createRateLimits(api.queues, {
    personPerMinute: 0,
    keyPerMinute: 0,
    refusedPerMinute: 0,
    signInFailures: 1,
  })
  const publicUrl = new URL('http://hangar.test')
  const door = createDoor({ auth, sessions, supabaseAuth: null, limits, publicUrl })
  app = express().get('/', async (asked, response) => {
    admitted = await door.admit(asked, 'operator')
    response.end()
  }) as RequestListener
})

/** Lets somebody in who shows this, and hands over what the endpoint was given. */
async function admit(headers: Record<string, string>): Promise<Admitted> {
  expect((await request(app).get('/').set(headers)).status).toBe(200)
  return admitted
}

async function openSession(): Promise<{ userId: string; cookie: string }> {
  const { userId } = await createAdmin(api.db, 'operator')
  const who = await auth.fromCredential(await accessToken('operator', { sub: userId }))
  const { cookie } = await sessions.open(who, { cookieHeader: undefined, requestId: 'r' })
  return { userId, cookie: cookie.split(';')[0] ?? '' }
}

const age = (userId: string, column: string, seconds: number) =>
  sql`update hangar.admin_sessions set ${sql.ref(column)} = ${sql.ref(column)} - make_interval(secs => ${seconds})
    where user_id = ${userId}`.execute(api.db)

test('a session: until it ends', async () => {
  const { cookie } = await openSession()
  const { isStillAllowed } = await admit({ cookie })
  expect(await isStillAllowed()).toBe(true)
  await sessions.end(await sessions.find(cookie), { requestId: 'r', everywhere: false })
  expect(await isStillAllowed()).toBe(false)
})

test('a session: until its role is not enough any more', async () => {
  const { userId, cookie } = await openSession()
  const { isStillAllowed } = await admit({ cookie })
  await sql`update auth.users set raw_app_meta_data = '{"role": "viewer"}' where id = ${userId}`.execute(
    api.db,
  )
  await age(userId, 'role_checked_at', 31)
  expect(await isStillAllowed()).toBe(false)
})

test.each([
  ['a stream', { accept: 'text/event-stream' }],
  ['a page that refreshes itself', { 'x-hangar-passive': '1' }],
])(
  '%s does not keep a session from becoming idle, and neither does being asked again',
  async (_what, how) => {
    const { userId, cookie } = await openSession()
    await age(userId, 'last_seen_at', 50)
    const { isStillAllowed } = await admit({ cookie, ...how })
    expect(await isStillAllowed()).toBe(true)
    await age(userId, 'last_seen_at', 10)
    expect(await isStillAllowed()).toBe(false)
  },
)

test('a request of the page does', async () => {
  const { userId, cookie } = await openSession()
  await age(userId, 'last_seen_at', 50)
  const { isStillAllowed } = await admit({ cookie })
  await age(userId, 'last_seen_at', 10)
  expect(await isStillAllowed()).toBe(true)
})

test('a token: until its own end; a key: for ever', async () => {
  const exp = Math.floor(clock.now().getTime() / 1000) + 10
  const person = await admit(await bearer('operator', { exp }))
  const key = await admit(serviceKey)
  expect(await person.isStillAllowed()).toBe(true)
  await clock.advance(11_000)
  expect(await person.isStillAllowed()).toBe(false)
  expect(await key.isStillAllowed()).toBe(true)
})
