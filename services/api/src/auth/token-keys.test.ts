/** Tokens by the project's published keys, from a server that this file holds in its hands. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@hangar/core'
import { testClock } from '@hangar/testkit'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWK } from 'jose'
import { createAuthenticator } from './authenticator.ts'
import { createTokenVerifier } from './token-keys.ts'

const JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters'
const secretKey = new TextEncoder().encode(JWT_SECRET)

type Pair = { kid: string; alg: string; privateKey: CryptoKey; publicKey: CryptoKey; jwk: JWK }

async function pair(kid: string, alg: string): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } }
}

const [first, second, rsa] = [await pair('k1', 'ES256'), await pair('k2', 'ES256'), await pair('r1', 'RS256')]

/** What the server does with the next requests. */
let answer: (response: ServerResponse) => void
let fetches = 0
let keysUrl = ''

const json = (body: unknown) => (response: ServerResponse) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(body))
}
const publish = (...pairs: Pair[]) => json({ keys: pairs.map(({ jwk }) => jwk) })

const server = createServer((_request, response) => {
  fetches += 1
  answer(response)
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  keysUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/auth/v1/.well-known/jwks.json`
})
beforeEach(() => {
  fetches = 0
  answer = publish(first, rsa)
})
afterEach(() => {
  jest.useRealTimers()
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

const clock = testClock(new Date('2026-03-01T12:00:00Z'))
const verifier = (settings: { jwtSecrets?: string[]; fetchTimeoutMs?: number } = {}) =>
  createTokenVerifier({ keysUrl, ...settings }, clock)

const nowSeconds = () => Math.floor(clock.now().getTime() / 1000)
const sign = ({ alg, kid, privateKey }: Pair, claims: Record<string, unknown> = {}) =>
  new SignJWT({ sub: 'somebody', exp: nowSeconds() + 600, ...claims })
    .setProtectedHeader({ alg, kid })
    .sign(privateKey)

const refused = { code: 'unauthorized' }
const unavailable = { code: 'sign_in_unavailable' }

describe('a published key', () => {
  test.each([['ES256', first] as const, ['RS256', rsa] as const])('%s opens', async (_alg, key) => {
    const { claims, secret } = await verifier()(await sign(key))
    expect({ sub: claims.sub, secret }).toEqual({ sub: 'somebody', secret: null })
  })

  test('is fetched once for many tokens, at once or one after the other', async () => {
    const verify = verifier()
    const token = await sign(first)
    await Promise.all(Array.from({ length: 20 }, () => verify(token)))
    await verify(await sign(rsa))
    expect(fetches).toBe(1)
  })

  test('that is new is found after half a minute; until then nobody makes us ask', async () => {
    const verify = verifier()
    await verify(await sign(first))
    answer = publish(second, first)
    for (let n = 0; n < 20; n++) await expect(verify(await sign(second))).rejects.toMatchObject(refused)
    expect(fetches).toBe(1)
    letPass(31)
    await expect(verify(await sign(second))).resolves.toMatchObject({ secret: null })
    await expect(verify(await sign(first))).resolves.toMatchObject({ secret: null })
    expect(fetches).toBe(2)
  })

  test('that was withdrawn opens nothing after ten minutes', async () => {
    const verify = verifier()
    await verify(await sign(first))
    answer = publish(second)
    await verify(await sign(first))
    letPass(601)
    await expect(verify(await sign(first))).rejects.toMatchObject(refused)
  })
})

/** For jose's own clock, which is the system's: only the date is moved. */
function letPass(seconds: number): void {
  const later = systemClock.now().getTime() + seconds * 1000
  const doNotFake = ['setTimeout', 'setInterval', 'setImmediate', 'nextTick', 'queueMicrotask'] as const
  jest.useFakeTimers({
    now: later,
    doNotFake: [...doNotFake, 'clearTimeout', 'clearInterval', 'performance', 'hrtime'],
  })
}

describe('forgeries', () => {
  test('no key opens for an algorithm that is not its own', async () => {
    const body = { sub: 'somebody', exp: nowSeconds() + 600 }
    const signAs = (alg: string, key: Uint8Array) =>
      new SignJWT(body).setProtectedHeader({ alg, kid: 'k1' }).sign(key)
    const publicText = new TextEncoder().encode(await exportSPKI(first.publicKey))
    const publicJwk = new TextEncoder().encode(JSON.stringify(first.jwk))
    const forged = [
      await signAs('HS256', publicText),
      await signAs('HS256', publicJwk),
      await signAs('HS512', new TextEncoder().encode(JWT_SECRET.repeat(2))),
      new UnsecuredJWT(body).encode(),
      await sign({ ...second, kid: 'k1' }),
      await sign({ ...(await pair('k1', 'ES384')), alg: 'ES384' }),
      await sign(await pair('k1', 'EdDSA')),
      `${await sign(first)}x`,
      'eyJ.eyJ.x',
    ]
    for (const verify of [verifier(), verifier({ jwtSecrets: [JWT_SECRET] })])
      for (const token of forged) await expect(verify(token)).rejects.toMatchObject(refused)
  })

  test('a shared secret among the published keys is none', async () => {
    answer = json({
      keys: [{ kty: 'oct', kid: 'k1', alg: 'HS256', k: Buffer.from(secretKey).toString('base64url') }],
    })
    const token = await new SignJWT({ exp: nowSeconds() + 600 })
      .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
      .sign(secretKey)
    await expect(verifier()(token)).rejects.toMatchObject(refused)
    expect(fetches).toBe(0)
  })

  test('without an address for keys, no token of theirs; without a secret, none of its', async () => {
    await expect(
      createTokenVerifier({ jwtSecrets: [JWT_SECRET] }, clock)(await sign(first)),
    ).rejects.toMatchObject(refused)
    const legacy = await new SignJWT({ exp: nowSeconds() + 600 })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(secretKey)
    await expect(verifier()(legacy)).rejects.toMatchObject(refused)
    await expect(verifier({ jwtSecrets: [JWT_SECRET] })(legacy)).resolves.toMatchObject({
      secret: JWT_SECRET,
    })
  })

  test('while one secret replaces another, tokens of both are good; afterwards the old one’s are not', async () => {
    const next = 'another-secret-with-at-least-32-characters'
    const signedWith = (secret: string) =>
      new SignJWT({ exp: nowSeconds() + 600 })
        .setProtectedHeader({ alg: 'HS256' })
        .sign(new TextEncoder().encode(secret))
    const both = verifier({ jwtSecrets: [JWT_SECRET, next] })
    for (const secret of [JWT_SECRET, next])
      await expect(both(await signedWith(secret))).resolves.toMatchObject({ secret })
    await expect(verifier({ jwtSecrets: [next] })(await signedWith(JWT_SECRET))).rejects.toMatchObject(
      refused,
    )
    await expect(both(await signedWith('a-secret-that-nobody-here-has-ever-known'))).rejects.toMatchObject(
      refused,
    )
  })

  test.each([
    ['ended', { exp: nowSeconds() - 1 }],
    ['without an end', { exp: undefined }],
    ['not yet valid', { nbf: nowSeconds() + 60 }],
  ])('a token %s', async (_what, claims) => {
    await expect(verifier()(await sign(first, claims))).rejects.toMatchObject(refused)
  })

  test('the keys for users make nobody the service', async () => {
    const auth = createAuthenticator({ keysUrl, jwtSecrets: [JWT_SECRET] }, clock)
    const claims = { role: 'service_role', aud: 'authenticated', sub: '00000000-0000-4000-8000-000000000001' }
    await expect(auth.fromCredential(await sign(first, claims))).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('while the keys cannot be had', () => {
  test.each<[string, (response: ServerResponse) => void]>([
    ['an error', (response) => response.writeHead(500).end()],
    ['no JSON', (response) => response.end('<html>')],
    ['no key set', json({ error: 'nothing here' })],
    ['a redirect', (response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()],
    ['a broken connection', (response) => response.destroy()],
  ])('%s: 503, for the token may be good', async (_what, broken) => {
    answer = broken
    await expect(verifier()(await sign(first))).rejects.toMatchObject(unavailable)
  })

  test('no answer at all is waited for only so long', async () => {
    answer = () => {}
    await expect(verifier({ fetchTimeoutMs: 50 })(await sign(first))).rejects.toMatchObject(unavailable)
  })

  test('they are not asked for again for five seconds, and then they are', async () => {
    const verify = verifier()
    const token = await sign(first)
    answer = (response) => response.writeHead(503).end()
    for (let n = 0; n < 10; n++) await expect(verify(token)).rejects.toMatchObject(unavailable)
    expect(fetches).toBe(1)
    answer = publish(first)
    await clock.advance(5_000)
    await expect(verify(token)).resolves.toMatchObject({ secret: null })
  })

  test('known keys go on opening', async () => {
    const verify = verifier()
    await verify(await sign(first))
    answer = (response) => response.destroy()
    letPass(31)
    await expect(verify(await sign(second))).rejects.toMatchObject(unavailable)
    await expect(verify(await sign(first))).resolves.toMatchObject({ secret: null })
  })
})
