/** Sessions as rows: what ends one, and how soon. Time passes by moving the row's own times back. */
import { randomBytes } from 'node:crypto'
import { createKeyRing } from '@hangar/core'
import { createDatabase } from '@hangar/db'
import { createAdmin, useTestDatabase } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import type { Identity } from './authenticator.ts'
import type { Role } from './caller.ts'
import { createSessions, hasCsrfToken, type SessionOptions } from './session.ts'

const t = useTestDatabase()
const masterKey = () => randomBytes(32).toString('base64')
const current = masterKey()
const KEY: Identity = {
  caller: { kind: 'key', actor: 'service_role', role: 'admin', email: null, sessionId: null },
  expiresAt: null,
  userId: null,
  secondFactor: false,
  provedBy: 'sb_secret_of_today',
}

const sessionsWith = (options: Partial<SessionOptions> = {}) =>
  createSessions({
    db: t.db,
    keyRing: createKeyRing({ current }),
    auth: { serviceRoleKeys: ['sb_secret_of_today'] },
    settings: { idleMs: 60_000, maxMs: 3_600_000 },
    secure: false,
    ...options,
  })

function person(userId: string, role: Role, more: Partial<Identity> = {}): Identity {
  const caller = { kind: 'person', actor: `user:${userId}`, role, email: null, sessionId: null } as const
  return {
    caller,
    expiresAt: new Date('2099-01-01'),
    userId,
    secondFactor: false,
    provedBy: null,
    ...more,
  }
}

const asked = (cookieHeader?: string) => ({ cookieHeader, requestId: 'req-1' })
const sent = (setCookie: string) => `other=1; ${setCookie.split(';')[0] ?? ''}`

async function signedInAs(role: Role, sessions = sessionsWith()) {
  const { userId, email } = await createAdmin(t.db, role)
  const { cookie, session } = await sessions.open(person(userId, role), asked())
  return { userId, email, sessions, session, cookie: sent(cookie) }
}

/** So much time has passed since the row's time `column`. */
const passed = (id: string | null, column: string, seconds: number) =>
  sql`update hangar.admin_sessions set ${sql.ref(column)} = ${sql.ref(column)} - make_interval(secs => ${seconds})
    where id = ${id}`.execute(t.db)

const endOf = async (id: string | null) => {
  const { rows } = await sql<{ endReason: string | null }>`
    select end_reason from hangar.admin_sessions where id = ${id}`.execute(t.db)
  return rows[0]?.endReason
}

describe('a session', () => {
  test('is known by its cookie, which is nowhere in the database', async () => {
    const { sessions, session, cookie, userId, email } = await signedInAs('operator')
    expect(await sessions.find(cookie)).toEqual(session)
    expect(session.caller).toEqual({
      kind: 'person',
      actor: `user:${userId}`,
      role: 'operator',
      email,
      sessionId: expect.any(String),
    })
    const { rows } = await sql<{ text: string }>`
      select query_to_xml('select * from hangar.admin_sessions', true, true, '')::text as text`.execute(t.db)
    expect(rows[0]?.text).toContain(userId)
    expect(rows[0]?.text).not.toContain(cookie.split('=').at(-1))
  })

  test.each([
    [false, /^hangar_session=[\w-]{43}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Strict$/],
    [true, /^__Host-hangar_session=[\w-]{43}; Max-Age=3600; Path=\/; HttpOnly; SameSite=Strict; Secure$/],
  ])('over https %s: the cookie', async (secure, shape) => {
    const sessions = sessionsWith({ secure })
    const { cookie } = await sessions.open(KEY, asked())
    expect(cookie).toMatch(shape)
    expect(await sessions.find(sent(cookie))).not.toBeNull()
  })

  test('is not found by anything else', async () => {
    const { sessions, cookie } = await signedInAs('viewer')
    const token = cookie.split('=').at(-1) ?? ''
    const others = [`hangar_session=${token.slice(0, -1)}`, `__Host-hangar_session=${token}`, '', undefined]
    for (const header of [...others, 'hangar_session=', `hangar_session=${'a'.repeat(43)}`])
      expect(await sessions.find(header)).toBeNull()
    expect(await sessions.find(`hangar_session=eyJ.of.before; hangar_session=${token}`)).not.toBeNull()
  })

  test('has a csrf token of its own', async () => {
    const [one, other] = [await signedInAs('viewer'), await signedInAs('viewer')]
    expect(hasCsrfToken(one.session, one.session.csrfToken)).toBe(true)
    for (const wrong of [undefined, '', other.session.csrfToken, one.cookie.split('=').at(-1)])
      expect(hasCsrfToken(one.session, wrong)).toBe(false)
  })
})

describe('it ends', () => {
  test('after its time, whatever is done with it', async () => {
    const { sessions, session, cookie } = await signedInAs('viewer')
    await passed(session.caller.sessionId, 'expires_at', 3_599)
    expect(await sessions.find(cookie)).not.toBeNull()
    await passed(session.caller.sessionId, 'expires_at', 1)
    expect(await sessions.find(cookie)).toBeNull()
  })

  test('when nobody used it for a while, which looking at it does not prevent', async () => {
    const { sessions, session, cookie } = await signedInAs('viewer')
    const id = session.caller.sessionId
    await passed(id, 'last_seen_at', 50)
    await sessions.find(cookie, { isUse: false })
    await passed(id, 'last_seen_at', 9)
    expect(await sessions.find(cookie)).not.toBeNull()
    await passed(id, 'last_seen_at', 50)
    expect(await sessions.find(cookie, { isUse: false })).not.toBeNull()
    await passed(id, 'last_seen_at', 10)
    expect(await sessions.find(cookie)).toBeNull()
    expect(await endOf(id)).toBe('idle')
    // A longer patience later does not bring it back.
    expect(await sessionsWith({ settings: { idleMs: 1e9, maxMs: 1e9 } }).find(cookie)).toBeNull()
  })

  test('in this browser only, or everywhere', async () => {
    const { userId, sessions, cookie, session } = await signedInAs('admin')
    const open = async () => sent((await sessions.open(person(userId, 'admin'), asked())).cookie)
    const [second, third] = [await open(), await open()]
    const stranger = await signedInAs('admin')
    expect(await sessions.end(session, { requestId: 'r', everywhere: false })).toMatch(
      /^hangar_session=; Max-Age=0; Path=\/; HttpOnly; SameSite=Strict$/,
    )
    expect(await sessions.find(cookie)).toBeNull()
    const left = await sessions.find(second)
    expect(left).not.toBeNull()
    await sessions.end(left, { requestId: 'r', everywhere: true })
    for (const one of [second, third]) expect(await sessions.find(one)).toBeNull()
    expect(await sessions.find(stranger.cookie)).not.toBeNull()
    // Twice is once.
    await sessions.end(left, { requestId: 'r', everywhere: true })
  })

  test('when the same browser signs in again', async () => {
    const { userId, sessions, cookie, session } = await signedInAs('viewer')
    const next = await sessions.open(person(userId, 'viewer'), asked(cookie))
    expect(await sessions.find(cookie)).toBeNull()
    expect(await endOf(session.caller.sessionId)).toBe('replaced')
    expect(await sessions.find(sent(next.cookie))).not.toBeNull()
  })

  test('of a key: when the keys are changed, and not when the master key is', async () => {
    const cookie = sent((await sessionsWith().open(KEY, asked())).cookie)
    const rotating = createKeyRing({ current: masterKey(), previous: current })
    const found = await sessionsWith({ keyRing: rotating }).find(cookie)
    expect(found?.caller).toMatchObject({ kind: 'key', actor: 'service_role', role: 'admin' })
    // While one key replaces another, and whatever happens to another kind of key.
    const both = ['sb_secret_of_tomorrow', 'sb_secret_of_today']
    const withKeys = (serviceRoleKeys: string[], jwtSecrets?: string[]) =>
      sessionsWith({ auth: { serviceRoleKeys, jwtSecrets } })
    expect(await withKeys(both, ['a JWT secret']).find(cookie)).not.toBeNull()
    expect(await withKeys(['sb_secret_of_tomorrow']).find(cookie)).toBeNull()
    expect(await sessionsWith().find(cookie)).toBeNull()
  })
})

describe('the account decides', () => {
  const change = (userId: string, what: string) =>
    sql`update auth.users set ${sql.raw(what)} where id = ${userId}`.execute(t.db)

  test.each([
    ['a role taken away', `raw_app_meta_data = '{}'`, 'role_taken'],
    ['a role that is none of ours', `raw_app_meta_data = '{"role": "root"}'`, 'role_taken'],
    ['a ban', `banned_until = now() + interval '1 day'`, 'account_banned'],
    ['an account marked as deleted', 'deleted_at = now()', 'account_gone'],
  ])('%s ends the session within a minute', async (_what, set, reason) => {
    const { userId, sessions, session, cookie } = await signedInAs('admin')
    await change(userId, set)
    await passed(session.caller.sessionId, 'role_checked_at', 31)
    expect(await sessions.find(cookie, { isUse: false })).toBeNull()
    expect(await endOf(session.caller.sessionId)).toBe(reason)
  })

  test('an account that is no more ends it; a ban that is over does not', async () => {
    const gone = await signedInAs('admin')
    const back = await signedInAs('admin')
    await sql`delete from auth.users where id = ${gone.userId}`.execute(t.db)
    await change(back.userId, `banned_until = now() - interval '1 day'`)
    for (const one of [gone, back]) await passed(one.session.caller.sessionId, 'role_checked_at', 31)
    expect(await gone.sessions.find(gone.cookie)).toBeNull()
    expect(await back.sessions.find(back.cookie)).not.toBeNull()
  })

  test('a lower role is in force within a minute, in the same session', async () => {
    const { userId, sessions, session, cookie } = await signedInAs('admin')
    await change(userId, `raw_app_meta_data = '{"role": "viewer"}'`)
    await passed(session.caller.sessionId, 'role_checked_at', 31)
    const looks = await Promise.all(Array.from({ length: 8 }, () => sessions.find(cookie)))
    expect(new Set(looks.map((one) => one?.caller.role))).toEqual(new Set(['viewer']))
  })

  test('and not the token, when somebody signs in: its role, its ban', async () => {
    const { userId } = await createAdmin(t.db, 'viewer')
    const { session } = await sessionsWith().open(person(userId, 'admin'), asked())
    expect(session.caller.role).toBe('viewer')
    await change(userId, `banned_until = 'infinity'`)
    const banned = sessionsWith().open(person(userId, 'admin'), asked())
    await expect(banned).rejects.toMatchObject({ code: 'forbidden' })
  })
})

test('whoever has a second factor has to show it, also when it was added later', async () => {
  const { userId, sessions, session, cookie } = await signedInAs('admin')
  await sql`create table auth.mfa_factors (id uuid default gen_random_uuid(), user_id uuid, status text)`.execute(
    t.db,
  )
  try {
    await sql`insert into auth.mfa_factors (user_id, status) values (${userId}, 'verified')`.execute(t.db)
    await passed(session.caller.sessionId, 'role_checked_at', 31)
    expect(await sessions.find(cookie)).toBeNull()
    expect(await endOf(session.caller.sessionId)).toBe('second_factor_missing')
    const again = sessions.open(person(userId, 'admin'), asked())
    await expect(again).rejects.toMatchObject({ code: 'second_factor_needed' })
    const shown = await sessions.open(person(userId, 'admin', { secondFactor: true }), asked())
    await passed(shown.session.caller.sessionId, 'role_checked_at', 31)
    expect(await sessions.find(sent(shown.cookie))).not.toBeNull()
  } finally {
    await sql`drop table auth.mfa_factors`.execute(t.db)
  }
})

test('where there are no accounts to ask, a session is not believed for longer than the token', async () => {
  await sql`alter table auth.users rename to users_elsewhere`.execute(t.db)
  try {
    const { rows } = await sql<{ soon: Date }>`select now() + interval '1 minute' as soon`.execute(t.db)
    const expiresAt = rows[0]?.soon ?? new Date(0)
    const who = person('00000000-0000-4000-8000-000000000001', 'operator', { expiresAt })
    const { session } = await sessionsWith().open(who, asked())
    expect(session.expiresAt).toEqual(expiresAt)
    expect(session.caller.role).toBe('operator')
  } finally {
    await sql`alter table auth.users_elsewhere rename to users`.execute(t.db)
  }
})

test('old sessions are forgotten when somebody signs in, those of this month are not', async () => {
  const [old, recent] = [await signedInAs('viewer'), await signedInAs('viewer')]
  await passed(old.session.caller.sessionId, 'expires_at', 31 * 86_400)
  await passed(recent.session.caller.sessionId, 'expires_at', 29 * 86_400)
  await signedInAs('viewer')
  expect(await endOf(old.session.caller.sessionId)).toBeUndefined()
  expect(await endOf(recent.session.caller.sessionId)).toBeNull()
})

test('a database that is away is an error, and not the end of a session', async () => {
  const nowhere = createDatabase({ connectionString: 'postgres://x@127.0.0.1:1/x', applicationName: 'test' })
  const sessions = sessionsWith({ db: nowhere })
  await expect(sessions.find(`hangar_session=${'a'.repeat(43)}`)).rejects.toThrow()
  await nowhere.destroy()
})
