import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { systemClock } from '@hangar/core'
import { ConfigError } from '@hangar/runtime'
import { describe, expect, test } from '@jest/globals'
import { accessFrom, readConfig, userTokensFrom } from './config.ts'

const good = {
  DATABASE_URL: 'postgres://hangar:pa55word@db:5432/hangar',
  REDIS_URL: 'redis://redis:6379',
  HANGAR_PUBLIC_URL: 'https://hangar.example',
  HANGAR_MASTER_KEY: randomBytes(32).toString('base64'),
  HANGAR_WEBHOOK_SECRET: `v1,whsec_${randomBytes(32).toString('base64')}`,
  SUPABASE_SERVICE_ROLE_KEY: 'sb_secret_0123456789',
  HANGAR_SHARED_TOKEN: 's'.repeat(32),
}

function problemsOf(env: Record<string, string | undefined>): readonly string[] {
  try {
    readConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

const without = (...names: (keyof typeof good)[]) =>
  Object.fromEntries(Object.entries(good).filter(([name]) => !names.includes(name as keyof typeof good)))

test('what has to be set is enough', () => {
  expect(problemsOf(good)).toEqual([])
  expect(readConfig(good)).toMatchObject({ PORT: 8080, QUOTA_PRO: 10, PAID_TIERS: ['pro', 'elite'] })
})

test('what users pay is read by tier, and is nothing where it is not set', () => {
  const { TIER_REVENUE_MONTHLY_USD: revenue } = readConfig({
    ...good,
    TIER_REVENUE_MONTHLY_USD: 'pro=49, elite=149.50',
  })
  expect(revenue).toEqual({ pro: '49', elite: '149.50' })
  expect(readConfig(good).TIER_REVENUE_MONTHLY_USD).toBeUndefined()
})

test('everything that is missing is named at once', () => {
  const problems = problemsOf({}).join('\n')
  for (const name of Object.keys(good)) expect(problems).toContain(name)
})

test('everything that is wrong is named at once, and no value is repeated', () => {
  const wrong = {
    DATABASE_URL: 'mysql://root:hunter2@db/x',
    REDIS_URL: 'http://redis',
    HANGAR_PUBLIC_URL: 'ftp://files.example',
    HANGAR_MASTER_KEY: 'c2hvcnQ=',
    HANGAR_WEBHOOK_SECRET: 'whsec_dG9vLXNob3J0',
    HANGAR_WEBHOOK_SHARED_SECRET: 'tiny-secret',
    SUPABASE_URL: 'ref.supabase.co',
    SUPABASE_JWT_SECRET: 'tiny-jwt',
    SUPABASE_SERVICE_ROLE_KEY: 'tiny-key',
    SUPABASE_JWT_SIGNING_KEY: '{"kty":"oct","k":"c2VjcmV0"}',
    PLACEMENT_HANDOVER: 'whenever',
    HANGAR_SHARED_TOKEN: `${'s'.repeat(40)}|tiny-token`,
    PORT: '99999',
    TIER_REVENUE_MONTHLY_USD: 'pro:49',
    QUOTA_PRO: '-1',
    GUEST_PRO: 'shared:2:100',
  }
  const problems = problemsOf(wrong)
  for (const [name, value] of Object.entries(wrong)) {
    expect(problems.join('\n')).toContain(name)
    expect(problems.join('\n')).not.toContain(value)
  }
})

describe('either is enough', () => {
  test('a shared secret instead of a signing key, a JWT secret instead of the service key', () => {
    const rest = without('HANGAR_WEBHOOK_SECRET', 'SUPABASE_SERVICE_ROLE_KEY')
    const others = { HANGAR_WEBHOOK_SHARED_SECRET: 'x'.repeat(16), SUPABASE_JWT_SECRET: 'x'.repeat(32) }
    expect(problemsOf({ ...rest, ...others })).toEqual([])
    expect(problemsOf(rest)).toEqual([
      'HANGAR_WEBHOOK_SECRET: set this, or HANGAR_WEBHOOK_SHARED_SECRET',
      'SUPABASE_SERVICE_ROLE_KEY: set this, SUPABASE_JWT_SECRET or SUPABASE_URL',
    ])
  })

  test('an empty variable counts as not set', () => {
    expect(problemsOf({ ...good, SUPABASE_SERVICE_ROLE_KEY: '' })).toHaveLength(1)
  })
})

describe('how traders come to an app', () => {
  test('confirmed by the shared backend, which needs a token; or at once, if that is said', () => {
    const none = without('HANGAR_SHARED_TOKEN')
    expect(readConfig(good)).toMatchObject({ PLACEMENT_HANDOVER: 'confirmed' })
    expect(problemsOf({ ...none, PLACEMENT_HANDOVER: 'immediate' })).toEqual([])
    expect(problemsOf(none)).toEqual([
      'HANGAR_SHARED_TOKEN: set this, or PLACEMENT_HANDOVER=immediate where no shared backend runs custom traders',
    ])
  })

  test('two tokens are accepted while one replaces the other, and no more', () => {
    const [old, next] = ['o'.repeat(32), 'n'.repeat(32)]
    expect(readConfig({ ...good, HANGAR_SHARED_TOKEN: `${old} | ${next}` }).HANGAR_SHARED_TOKEN).toEqual([
      old,
      next,
    ])
    expect(problemsOf({ ...good, HANGAR_SHARED_TOKEN: `${old}|${next}|${old}` })).toHaveLength(1)
  })
})

describe("apps' Supabase tokens", () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'key-1' }
  const SUPABASE_URL = 'https://ref.supabase.co'

  test('an imported key or the legacy secret signs them, for a project that is named', () => {
    const SUPABASE_JWT_SIGNING_KEY = JSON.stringify(jwk)
    const tokensOf = (env: Record<string, string>) =>
      userTokensFrom(readConfig({ ...good, ...env }), systemClock)
    expect(tokensOf({ SUPABASE_URL, SUPABASE_JWT_SIGNING_KEY })).toMatchObject({ url: SUPABASE_URL })
    expect(tokensOf({ SUPABASE_URL, SUPABASE_JWT_SECRET: 'x'.repeat(32) })).toMatchObject({
      url: SUPABASE_URL,
    })
    expect(tokensOf({ SUPABASE_JWT_SECRET: 'x'.repeat(32) })).toBeNull()
    expect(tokensOf({ SUPABASE_URL })).toBeNull()
    expect(problemsOf({ ...good, SUPABASE_JWT_SIGNING_KEY })).toEqual([
      'SUPABASE_URL: SUPABASE_JWT_SIGNING_KEY needs it',
    ])
  })

  test.each([
    ['no JSON', 'a key'],
    ['without kid', JSON.stringify({ ...jwk, kid: undefined })],
    ['public', JSON.stringify({ ...jwk, d: undefined })],
    ['of another curve', JSON.stringify({ ...jwk, crv: 'P-384' })],
    ['no point of the curve', JSON.stringify({ ...jwk, x: jwk.y })],
  ])('a key that is %s is refused without being repeated', (_what, SUPABASE_JWT_SIGNING_KEY) => {
    const problems = problemsOf({ ...good, SUPABASE_URL, SUPABASE_JWT_SIGNING_KEY })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(/^SUPABASE_JWT_SIGNING_KEY: /)
    expect(problems[0]).not.toContain(jwk.d)
  })
})

test('of each other secret that is shown to us there may be two, while one replaces the other', () => {
  const [one, two] = ['a'.repeat(32), 'b'.repeat(32)] as const
  const names = [
    'HANGAR_WEBHOOK_SHARED_SECRET',
    'HANGAR_SHARED_TOKEN',
    'SUPABASE_SERVICE_ROLE_KEY',
    'SUPABASE_JWT_SECRET',
  ] as const
  for (const name of names) {
    expect(readConfig({ ...good, [name]: `${one}|${two}` })[name]).toEqual([one, two])
    const [problem] = problemsOf({ ...good, [name]: `${one}|${two}|${one}` })
    expect(problem).toMatch(new RegExp(`^${name}: .*both with \\| between$`))
    expect(problem).not.toContain(one)
  }
})

test('several signing keys, in both spellings', () => {
  const keys = `${good.HANGAR_WEBHOOK_SECRET}|whsec_${randomBytes(24).toString('base64')}`
  expect(readConfig({ ...good, HANGAR_WEBHOOK_SECRET: keys }).HANGAR_WEBHOOK_SECRET).toHaveLength(2)
})

test('a project alone is enough for people: where they sign in, and whose keys are believed', () => {
  const config = readConfig({
    ...without('SUPABASE_SERVICE_ROLE_KEY'),
    SUPABASE_URL: 'https://ref.supabase.co',
  })
  expect(accessFrom(config)).toEqual({
    auth: {
      jwtSecrets: [],
      serviceRoleKeys: [],
      issuer: 'https://ref.supabase.co/auth/v1',
      keysUrl: 'https://ref.supabase.co/auth/v1/.well-known/jwks.json',
    },
    supabaseAuth: { url: 'https://ref.supabase.co/auth/v1', apiKey: undefined },
    sessions: { idleMs: 1_800_000, maxMs: 43_200_000 },
    limits: { personPerMinute: 1_200, keyPerMinute: 6_000, refusedPerMinute: 300, signInFailures: 10 },
    trustedProxyHops: 0,
  })
})

test('without a project nobody is asked; the publishable key goes before the service key', () => {
  expect(accessFrom(readConfig(good))).toMatchObject({ supabaseAuth: null, auth: { keysUrl: undefined } })
  const project = { ...good, SUPABASE_URL: 'https://ref.supabase.co' }
  const keyOf = (env: object) => accessFrom(readConfig({ ...project, ...env })).supabaseAuth?.apiKey
  expect(keyOf({})).toBe(good.SUPABASE_SERVICE_ROLE_KEY)
  expect(keyOf({ SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_0123' })).toBe('sb_publishable_0123')
})
