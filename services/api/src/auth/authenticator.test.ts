import { randomUUID } from 'node:crypto'
import { testClock } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { SignJWT, UnsecuredJWT } from 'jose'
import { createAuthenticator } from './authenticator.ts'

const NOW = new Date('2026-03-01T12:00:00Z')
const JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters'
const SERVICE_KEY = 'sb_secret_Zm9vYmFyYmF6cXV4'
const ISSUER = 'https://ref.supabase.co/auth/v1'

const clock = testClock(NOW)
const settings = { jwtSecrets: [JWT_SECRET], serviceRoleKeys: [SERVICE_KEY], issuer: ISSUER }
const auth = createAuthenticator(settings, clock)

const inSeconds = (seconds: number) => Math.floor(NOW.getTime() / 1000) + seconds

function sign(
  claims: Record<string, unknown>,
  options: { secret?: string; alg?: string } = {},
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: options.alg ?? 'HS256' })
    .sign(new TextEncoder().encode(options.secret ?? JWT_SECRET))
}

const sub = randomUUID()
const user = (claims: Record<string, unknown> = {}) => ({
  sub,
  aud: 'authenticated',
  role: 'authenticated',
  iss: ISSUER,
  exp: inSeconds(3600),
  app_metadata: { role: 'operator' },
  ...claims,
})

const bearer = async (claims: Record<string, unknown>) =>
  auth.fromHeaders({ authorization: `Bearer ${await sign(claims)}` })

const refused = (code: string) => expect.objectContaining({ code })

describe('the service key', () => {
  const caller = { kind: 'key', actor: 'service_role', role: 'admin', email: null, sessionId: null }
  const service = { caller, expiresAt: null, userId: null, secondFactor: false, provedBy: SERVICE_KEY }

  test('as apikey, as bearer, and in the form field', async () => {
    await expect(auth.fromHeaders({ apikey: SERVICE_KEY })).resolves.toEqual(service)
    await expect(auth.fromHeaders({ authorization: `Bearer ${SERVICE_KEY}` })).resolves.toEqual(service)
    await expect(auth.fromHeaders({ authorization: `bearer ${SERVICE_KEY}` })).resolves.toEqual(service)
    await expect(auth.fromCredential(SERVICE_KEY)).resolves.toEqual(service)
  })

  test('the legacy service_role JWT, which has no sub and no aud', async () => {
    const legacy = await sign({ iss: 'supabase', ref: 'ref', role: 'service_role', exp: inSeconds(1) })
    const until = new Date(inSeconds(1) * 1000)
    await expect(auth.fromHeaders({ apikey: legacy })).resolves.toEqual({
      ...service,
      expiresAt: until,
      provedBy: JWT_SECRET,
    })
    const endless = await sign({ iss: 'supabase', role: 'service_role' })
    await expect(auth.fromHeaders({ apikey: endless })).rejects.toEqual(refused('unauthorized'))
    const keyOnly = createAuthenticator({ serviceRoleKeys: [legacy] }, clock)
    await expect(keyOnly.fromHeaders({ authorization: `Bearer ${legacy}` })).resolves.toEqual({
      ...service,
      provedBy: legacy,
    })
  })

  test('a key that is almost right, publishable, or of the anon role', async () => {
    const anon = await sign({ iss: 'supabase', role: 'anon', exp: inSeconds(3600) })
    for (const apikey of [`${SERVICE_KEY}x`, SERVICE_KEY.slice(0, -1), 'sb_publishable_abc', anon, ''])
      await expect(auth.fromHeaders({ apikey })).rejects.toEqual(refused('unauthorized'))
  })

  test('beside a user token the user decides, good or bad', async () => {
    const authorization = `Bearer ${await sign(user())}`
    await expect(auth.fromHeaders({ authorization, apikey: SERVICE_KEY })).resolves.toMatchObject({
      caller: { kind: 'person' },
    })
    const bad = { authorization: 'Bearer nonsense', apikey: SERVICE_KEY }
    await expect(auth.fromHeaders(bad)).rejects.toEqual(refused('unauthorized'))
  })
})

describe('a user', () => {
  test.each(['viewer', 'operator', 'admin'])('%s is known by id and role', async (role) => {
    const claims = user({ app_metadata: { role }, email: 'ada@example.test', aal: 'aal2' })
    const caller = { kind: 'person', actor: `user:${sub}`, role, email: 'ada@example.test', sessionId: null }
    await expect(bearer(claims)).resolves.toEqual({
      caller,
      expiresAt: new Date(inSeconds(3600) * 1000),
      userId: sub,
      provedBy: null,
      secondFactor: true,
    })
  })

  test.each([
    ['no role', { app_metadata: {} }],
    ['no app_metadata', { app_metadata: undefined }],
    ['a role of somebody else', { app_metadata: { role: 'superuser' } }],
    ['the role in user_metadata', { app_metadata: {}, user_metadata: { role: 'admin' } }],
    ['the role at the top', { app_metadata: {}, role: 'admin' }],
    ['anonymous', { is_anonymous: true }],
    ['made for an OAuth client', { client_id: randomUUID() }],
  ])('%s: forbidden', async (_name, claims) => {
    await expect(bearer(user(claims))).rejects.toEqual(refused('forbidden'))
  })

  test.each([
    ['ended', { exp: inSeconds(-1) }],
    ['never ending', { exp: undefined }],
    ['of another audience', { aud: 'somebody' }],
    ['without an audience', { aud: undefined }],
    ['of another project', { iss: 'https://other.supabase.co/auth/v1' }],
    ['without a user', { sub: undefined }],
    ['not valid yet', { nbf: inSeconds(600) }],
  ])('a token %s: unauthorized', async (_name, claims) => {
    await expect(bearer(user(claims))).rejects.toEqual(refused('unauthorized'))
  })
})

describe('forgeries', () => {
  test('another secret, another algorithm, none at all', async () => {
    const forged = [
      await sign(user(), { secret: 'another-secret-that-is-long-enough-for-hs256' }),
      await sign(user(), { alg: 'HS512', secret: JWT_SECRET.repeat(2) }),
      await sign(user(), { alg: 'HS384' }),
      new UnsecuredJWT(user()).encode(),
      'eyJ.eyJ.x',
    ]
    for (const token of forged)
      await expect(auth.fromHeaders({ authorization: `Bearer ${token}` })).rejects.toEqual(
        refused('unauthorized'),
      )
  })

  test('no credential, an empty one, another scheme', async () => {
    for (const headers of [
      {},
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: 'Basic YTpi' },
    ])
      await expect(auth.fromHeaders(headers)).rejects.toEqual(refused('unauthorized'))
  })

  test('without a JWT secret no JWT gets in', async () => {
    const keyOnly = createAuthenticator({ serviceRoleKeys: [SERVICE_KEY] }, clock)
    await expect(keyOnly.fromCredential(await sign(user()))).rejects.toEqual(refused('unauthorized'))
  })
})
