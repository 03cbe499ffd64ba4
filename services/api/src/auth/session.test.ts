import { randomBytes } from 'node:crypto'
import { createKeyRing } from '@hangar/core'
import { testClock } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import type { Caller } from './caller.ts'
import { createSessions } from './session.ts'

const key = () => randomBytes(32).toString('base64')
const current = key()
const caller: Caller = { kind: 'person', actor: 'user:1', role: 'viewer' }

function setUp(options: { current?: string; previous?: string; secure?: boolean } = {}) {
  const clock = testClock()
  const keyRing = createKeyRing({ current: options.current ?? current, previous: options.previous })
  return { clock, sessions: createSessions({ keyRing, clock, secure: options.secure ?? true }) }
}

const sent = (setCookie: string) => `other=1; ${setCookie.split(';')[0] ?? ''}`

test('the cookie says who it is, to us only', async () => {
  const { sessions } = setUp()
  const { cookie, session } = await sessions.open(caller)
  expect(cookie).toMatch(
    /^hangar_session=\S+; Max-Age=3600; Path=\/admin; HttpOnly; SameSite=Strict; Secure$/,
  )
  await expect(sessions.find(sent(cookie))).resolves.toEqual(session)
  expect(session.caller).toEqual(caller)
})

test('over plain http it is not marked Secure, or no browser would keep it', async () => {
  const { cookie } = await setUp({ secure: false }).sessions.open(caller)
  expect(cookie).not.toContain('Secure')
})

test('it ends after an hour', async () => {
  const { sessions, clock } = setUp()
  const { cookie } = await sessions.open(caller)
  await clock.advance(3_599_000)
  await expect(sessions.find(sent(cookie))).resolves.not.toBeNull()
  await clock.advance(1000)
  await expect(sessions.find(sent(cookie))).resolves.toBeNull()
})

test('changed, foreign, empty or missing: no session', async () => {
  const { sessions } = setUp()
  const { cookie } = await sessions.open(caller)
  const foreign = await setUp({ current: key() }).sessions.open({ ...caller, role: 'admin' })
  const [head, , signature] = sent(cookie).split('.')
  const promoted = Buffer.from('{"kind":"person","sub":"user:1","role":"admin","exp":9999999999}').toString(
    'base64url',
  )
  const attempts = [
    `${head ?? ''}.${promoted}.${signature ?? ''}`,
    sent(foreign.cookie),
    'hangar_session=',
    '',
    undefined,
  ]
  for (const attempt of attempts) await expect(sessions.find(attempt)).resolves.toBeNull()
})

test('a session outlives the rotation of the master key, and not the key itself', async () => {
  const { cookie } = await setUp().sessions.open(caller)
  const next = key()
  await expect(
    setUp({ current: next, previous: current }).sessions.find(sent(cookie)),
  ).resolves.not.toBeNull()
  await expect(setUp({ current: next }).sessions.find(sent(cookie))).resolves.toBeNull()
})

test('closing empties the cookie on the same path', () => {
  expect(setUp().sessions.close()).toMatch(/^hangar_session=; Max-Age=0; Path=\/admin;/)
})
