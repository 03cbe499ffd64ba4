/** What a token opens is asked of PostgreSQL itself, the way PostgREST asks it: role and claims, then plain SQL. */
import { generateKeyPairSync } from 'node:crypto'
import { systemClock } from '@hangar/core'
import { createTrader, createUser, insertSignals } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { sql } from 'kysely'
import request from 'supertest'
import { appHeaders, bearer, createAppRow, ISSUER, useApi } from '../testing/harness.ts'
import { createUserTokens, parseSigningKey, type TokenSigner } from './user-tokens.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const legacySecret = new TextEncoder().encode('another-secret-of-the-project-0123456789')
const imported = parseSigningKey(JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'key-1' }))!
const URL_OF_PROJECT = 'https://ref.supabase.co'

const tokensBy = (signer: TokenSigner) =>
  createUserTokens({ signer, url: URL_OF_PROJECT, issuer: ISSUER, clock: systemClock })

const api = useApi({ deps: { userTokens: tokensBy(imported) } })

type Supabase = { url: string; token: string; expires_at: string }

async function bootedApp() {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const { traderId } = await createTrader(api.db, userId)
  await insertSignals(api.db, userId, traderId, 3)
  const app = await createAppRow(api.db, userId)
  const response = await request(api.app).get('/shim/v1/bootstrap').set(appHeaders(api, app))
  const { supabase } = response.body as { supabase: Supabase }
  const beat = async (expiresInMs: number | null) => {
    const expiresAt =
      expiresInMs === null ? null : new Date(systemClock.now().getTime() + expiresInMs).toISOString()
    const answer = await request(api.app)
      .post('/shim/v1/heartbeat')
      .set(appHeaders(api, app))
      .send({ running_trader_ids: [traderId], supabase_token_expires_at: expiresAt })
    return answer.body as { directives: string[]; supabase: Supabase | null }
  }
  return { userId, traderId, app, supabase, beat }
}

describe('a token', () => {
  test.each([
    ['the imported key', imported, publicKey, { alg: 'ES256', kid: 'key-1', typ: 'JWT' }],
    [
      'the legacy secret',
      { alg: 'HS256', key: legacySecret } as const,
      legacySecret,
      { alg: 'HS256', typ: 'JWT' },
    ],
  ] as const)('by %s is one user for one hour', async (_what, signer, key, header) => {
    const { token, expiresAt } = await tokensBy(signer).mint('00000000-0000-4000-8000-000000000001')
    expect(decodeProtectedHeader(token)).toEqual(header)
    const { payload } = await jwtVerify(token, key, { issuer: ISSUER, audience: 'authenticated' })
    expect(payload).toEqual({
      sub: '00000000-0000-4000-8000-000000000001',
      role: 'authenticated',
      aud: 'authenticated',
      iss: ISSUER,
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 3600,
    })
    expect(expiresAt.getTime()).toBe((payload.exp ?? 0) * 1000)
  })

  test('opens under row-level security the rows of its user and nothing of anybody else', async () => {
    const mine = await bootedApp()
    const theirs = await bootedApp()
    const { payload } = await jwtVerify(mine.supabase.token, publicKey, { issuer: ISSUER })
    const tables = ['user_profiles', 'user_subscriptions', 'traders', 'trader_signals']
    const owners = await api.db.transaction().execute(async (tx) => {
      await sql`select set_config('role', ${payload['role']}, true),
        set_config('request.jwt.claims', ${JSON.stringify(payload)}, true)`.execute(tx)
      const seen: [string, string[]][] = []
      for (const table of tables) {
        const column = sql.ref(table === 'user_profiles' ? 'id' : 'user_id')
        const { rows } = await sql<{ owner: string }>`
          select distinct ${column} as owner from ${sql.ref(`public.${table}`)}`.execute(tx)
        seen.push([table, rows.map(({ owner }) => owner)])
      }
      const own = sql`select count(*) as n from public.trader_signals where trader_id = ${theirs.traderId}`
      expect((await own.execute(tx)).rows).toEqual([{ n: 0 }])
      return seen
    })
    expect(owners).toEqual(tables.map((table) => [table, [mine.userId]]))
    const write = api.db.transaction().execute(async (tx) => {
      await sql`select set_config('role', 'authenticated', true),
        set_config('request.jwt.claims', ${JSON.stringify(payload)}, true)`.execute(tx)
      await sql`update public.user_subscriptions set tier = 'elite'`.execute(tx)
    })
    await expect(write).rejects.toThrow('permission denied')
  })

  test('opens nothing of our own API', async () => {
    const { supabase } = await bootedApp()
    for (const path of ['/v1/apps', '/shim/v1/bootstrap', '/shim/v1/placement']) {
      const response = await request(api.app)
        .get(path)
        .set({ authorization: `Bearer ${supabase.token}` })
      expect(response.status).toBe(401)
    }
    expect(
      (
        await request(api.app)
          .get('/v1/apps')
          .set(await bearer(null))
      ).status,
    ).toBe(403)
  })
})

test('a new one comes with a heartbeat a quarter of an hour before the end, and to who has one only', async () => {
  const { supabase, beat, userId } = await bootedApp()
  expect(supabase).toEqual({ url: URL_OF_PROJECT, token: expect.any(String), expires_at: expect.any(String) })
  expect(await beat(16 * 60_000)).toEqual({ directives: [], supabase: null })
  expect(await beat(null)).toEqual({ directives: [], supabase: null })
  for (const leftMs of [14 * 60_000, -60_000]) {
    const { directives, supabase: next } = await beat(leftMs)
    expect(directives).toEqual(['token'])
    const { payload } = await jwtVerify(next!.token, publicKey)
    expect(payload.sub).toBe(userId)
    expect(new Date(next!.expires_at).getTime()).toBeGreaterThan(systemClock.now().getTime() + 59 * 60_000)
  }
})

test('no token is in a log line, a row of ours, or an answer that another app gets', async () => {
  const { supabase, app } = await bootedApp()
  const [, , signature = ''] = supabase.token.split('.')
  expect(signature.length).toBeGreaterThan(40)
  expect(api.log.join('')).not.toContain(signature)
  const { rows } = await sql<{ text: string }>`
    select query_to_xml('select * from public.user_fly_apps', true, true, '')::text
      || query_to_xml('select * from public.user_fly_app_events', true, true, '')::text
      || query_to_xml('select * from hangar.app_heartbeats', true, true, '')::text
      || query_to_xml('select * from hangar.trader_placement', true, true, '')::text as text`.execute(api.db)
  expect(rows[0]?.text).toContain(app.id)
  expect(rows[0]?.text).not.toContain(signature)
})
