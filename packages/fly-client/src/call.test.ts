import { inspect } from 'node:util'

import { describe, expect, test } from '@jest/globals'

import type { FlyClient, FlyError, FlyHooks } from './index.ts'
import { json, refuse, reset, text, type Reply } from './testing/server.ts'
import { failureOf, TOKEN, useBench } from './testing/use.ts'

const GET = 'GET /v1/apps/a'
const CREATE = 'POST /v1/apps'
const ok = json(200, { name: 'a' })

describe('reads are retried', () => {
  const bench = useBench()

  test.each([
    ['503', refuse(503, 'unavailable')],
    ['500', refuse(500, 'no rows in result set')],
    ['429', refuse(429, 'rate limit exceeded')],
    ['408', refuse(408, 'deadline_exceeded')],
    ['a broken connection', reset],
    ['an answer that is no JSON', text(200, '<html>')],
  ])('after %s', async (_, failure) => {
    bench.server.on(GET, failure, failure, ok)
    expect((await bench.fly.apps.get('a')).name).toBe('a')
    expect(bench.server.calls).toHaveLength(3)
  })

  test.each([
    ['401', 401],
    ['403', 403],
    ['404', 404],
    ['409', 409],
    ['422', 422],
  ])('not after %s', async (_, status) => {
    bench.server.on(GET, refuse(status, 'no'))
    await failureOf(bench.fly.apps.get('a'))
    expect(bench.server.calls).toHaveLength(1)
  })

  test('four times at most, with pauses that double under full jitter', async () => {
    bench.server.on(GET, refuse(503, 'down'))
    const error = await failureOf(bench.fly.apps.get('a'))
    expect(error).toMatchObject({ code: 'unavailable', status: 503, requestId: '01TEST-iad' })
    expect(bench.server.calls).toHaveLength(4)
    // Half of 200, 400 and 800: chance is 0.5 here.
    expect(bench.clock.pauses).toEqual([100, 200, 400])
  })

  test('with pauses never above the cap', async () => {
    const fly = bench.client({
      retry: { attempts: 9, baseMs: 1000, capMs: 3000 },
      random: () => 0.999,
      breaker: false,
    })
    bench.server.on(GET, refuse(503, 'down'))
    await failureOf(fly.apps.get('a'))
    expect(Math.max(...bench.clock.pauses)).toBeLessThanOrEqual(3000)
    expect(bench.clock.pauses).toHaveLength(8)
  })

  test('not before Retry-After', async () => {
    bench.server.on(GET, text(429, '', { 'retry-after': '7' }), ok)
    await bench.fly.apps.get('a')
    expect(bench.clock.pauses[0]).toBeGreaterThanOrEqual(7000)
  })

  test('not when Retry-After lies beyond the deadline', async () => {
    bench.server.on(GET, text(429, '', { 'retry-after': '3600' }))
    const error = await failureOf(bench.fly.apps.get('a'))
    expect(error).toMatchObject({ code: 'rate_limited', retryAfterMs: 3_600_000 })
    expect(bench.server.calls).toHaveLength(1)
  })

  test('not beyond the total deadline', async () => {
    bench.server.on(GET, refuse(503, 'down'))
    await failureOf(bench.fly.apps.get('a', { deadlineMs: 250 }))
    expect(bench.server.calls).toHaveLength(2)
  })

  test('fewer times where the caller says so', async () => {
    bench.server.on(GET, refuse(503, 'down'))
    await failureOf(bench.fly.apps.get('a', { attempts: 1 }))
    expect(bench.server.calls).toHaveLength(1)
  })

  test('not after the caller aborted in a pause', async () => {
    const abort = new AbortController()
    const fly = bench.client({ hooks: { onRetry: () => abort.abort(new Error('enough')) } })
    bench.server.on(GET, refuse(503, 'down'))
    const error = await failureOf(fly.apps.get('a', { signal: abort.signal }))
    expect(error).toMatchObject({ code: 'aborted', cause: new Error('enough') })
    expect(bench.server.calls).toHaveLength(1)
  })

  test('also the POST that only asks', async () => {
    bench.server.on(
      'POST /v1/platform/placements',
      refuse(503, 'down'),
      json(200, { regions: [{ region: 'iad', count: 4 }] }),
    )
    expect(await bench.fly.platform.placements()).toEqual([
      { region: 'iad', count: 4, concurrency: undefined },
    ])
  })
})

describe('mutations are sent once', () => {
  const bench = useBench()

  test.each([
    ['503', refuse(503, 'down'), 'unavailable', true],
    ['408', refuse(408, 'deadline_exceeded'), 'timeout', true],
    ['429', refuse(429, ''), 'rate_limited', false],
    ['a broken connection', reset, 'network_after_send', true],
    ['422', refuse(422, 'bad name'), 'validation', false],
  ] as const)('after %s', async (_, reply, code, ambiguous) => {
    bench.server.on(CREATE, reply)
    expect(await failureOf(bench.fly.apps.create({ name: 'a' }))).toMatchObject({ code, ambiguous })
    expect(bench.server.calls).toHaveLength(1)
    expect(bench.clock.pauses).toEqual([])
  })
})

describe('what is sent', () => {
  const bench = useBench()

  test('token, organisation, user agent, the caller’s headers and the lease nonce', async () => {
    bench.server.on('POST /v1/apps/a/machines/m/start', json(200, {}))
    const opts = { headers: { 'X-Hangar-Attempt': '3.1' }, leaseNonce: 'n0nce' }
    await bench.fly.machines.start('a', 'm', opts)
    expect(bench.server.calls[0]?.headers).toMatchObject({
      authorization: TOKEN,
      'x-hangar-attempt': '3.1',
      'fly-machine-lease-nonce': 'n0nce',
      'user-agent': 'hangar-fly-client',
    })
  })

  test('a bare token as Bearer, and a token that changes', async () => {
    let token = 'one'
    const fly = bench.client({ token: () => token })
    bench.server.on(GET, ok)
    await fly.apps.get('a')
    token = 'two'
    await fly.apps.get('a')
    expect(bench.server.calls.map((call) => call.headers.authorization)).toEqual(['Bearer one', 'Bearer two'])
  })

  test('below the path of the base address', async () => {
    const fly = bench.client({ baseUrl: `${bench.server.url}/proxy/` })
    bench.server.on('GET /proxy/v1/apps/a', ok)
    expect((await fly.apps.get('a')).name).toBe('a')
  })

  test('names in a path are encoded, and those that cannot be part of one are refused', async () => {
    bench.server.otherwise(ok)
    await bench.fly.apps.get('a/../b?c#d')
    expect(bench.server.calls[0]?.route).toBe('GET /v1/apps/a%2F..%2Fb%3Fc%23d')
    for (const name of ['', '.', '..', '\ud800']) {
      expect(await failureOf(bench.fly.apps.get(name))).toMatchObject({
        code: 'validation',
        ambiguous: false,
      })
    }
    expect(bench.server.calls).toHaveLength(1)
  })
})

describe('what is told', () => {
  const bench = useBench()

  test('one debug line and one hook per call, however many attempts', async () => {
    const lines: unknown[] = []
    const seen: string[] = []
    const hooks: FlyHooks = {
      onAttempt: ({ attempt }) => ({ traceparent: `00-${attempt}` }),
      onRetry: ({ error, pauseMs }) => seen.push(`retry ${error.code} ${pauseMs}`),
      onCall: ({ operation, attempt, status, error }) =>
        seen.push(`${operation} ${attempt} ${String(status)} ${String(error?.code)}`),
    }
    const logger = { debug: (line: object) => lines.push(line), warn: () => {} }
    const fly = bench.client({ hooks, logger })
    bench.server.on(GET, refuse(503, 'down'), ok)
    await fly.apps.get('a')
    bench.server.on(CREATE, refuse(422, 'no', { status: 'name_taken' }))
    await failureOf(fly.apps.create({ name: 'a' }))
    expect(seen).toEqual([
      'retry unavailable 100',
      'apps.get 2 200 undefined',
      'apps.create 1 422 name_taken',
    ])
    expect(lines).toEqual([
      {
        operation: 'apps.get',
        method: 'GET',
        path: '/v1/apps/a',
        attempt: 2,
        durationMs: 100,
        status: 200,
        requestId: undefined,
        code: undefined,
      },
      {
        operation: 'apps.create',
        method: 'POST',
        path: '/v1/apps',
        attempt: 1,
        durationMs: 0,
        status: 422,
        requestId: '01TEST-iad',
        code: 'name_taken',
      },
    ])
    expect(bench.server.calls.map((call) => call.headers['traceparent'])).toEqual(['00-1', '00-2', '00-1'])
  })

  test('a hook or logger that throws changes nothing', async () => {
    const boom = () => {
      throw new Error('boom')
    }
    const fly = bench.client({
      hooks: { onAttempt: boom, onCall: boom, onRetry: boom, onThrottle: boom, onBreaker: boom },
      logger: { debug: boom, warn: boom },
    })
    bench.server.on(GET, refuse(503, 'down'), ok)
    expect((await fly.apps.get('a')).name).toBe('a')
  })
})

describe('secrets stay inside', () => {
  const bench = useBench()
  const NONCE = 'n0nce-of-lease'
  const config = { image: 'x', env: { KEY: 'env-value-<1>' } }
  const calls: [string, (fly: FlyClient) => Promise<unknown>, string][] = [
    ['secrets', (fly) => fly.secrets.set('a', { KEY: 's3cr3t-"quoted"', GONE: null }), 's3cr3t-"quoted"'],
    [
      'env of a create',
      (fly) => fly.machines.create('a', { name: 'm', region: 'iad', config }),
      'env-value-<1>',
    ],
    ['env of an update', (fly) => fly.machines.update('a', 'm', { config }), 'env-value-<1>'],
    ['a nonce', (fly) => fly.machines.start('a', 'm', { leaseNonce: NONCE }), NONCE],
    ['the token', (fly) => fly.apps.get('a'), 'fm2_a-secret-token-of-ours'],
    ['another token', (fly) => fly.apps.get('a'), 'fm2_another-token'],
    ['an old token', (fly) => fly.apps.get('a'), 'fo1_old-style-token'],
    ['a header', (fly) => fly.apps.get('a'), 'Bearer abc.def.ghi'],
  ]

  const forms: [string, (secret: string) => Reply][] = [
    ['as JSON', (secret) => refuse(422, `refused: ${secret}!`)],
    ['as JSON that Go wrote', (secret) => text(422, goJson({ error: `refused: ${secret}!` }))],
    ['as plain text', (secret) => text(422, `refused: ${secret}!`)],
    [
      'in an answer that is not understood',
      (secret) => json(200, { name: 7, id: 7, state: 7, error: secret }),
    ],
    ['in an answer that is no JSON', (secret) => text(200, secret)],
  ]

  test.each(
    calls.flatMap(([what, call, secret]) =>
      forms.map(([form, reply]) => [what, form, call, reply, secret] as const),
    ),
  )('%s quoted back %s is in no error, log line or hook', async (_what, _form, call, reply, secret) => {
    const told: unknown[] = []
    const tell = (line: object) => void told.push(line)
    const fly = bench.client({ logger: { debug: tell, warn: tell }, hooks: { onCall: tell, onRetry: tell } })
    bench.server.otherwise(reply(secret))
    const error = await call(fly).then(
      () => undefined,
      (reason: unknown) => reason as FlyError,
    )
    const all = inspect([error, error?.message, error?.stack, told], { depth: 9 })
    expect(all).not.toContain(secret)
    expect(all).not.toContain(JSON.stringify(secret).slice(1, -1))
    expect(all).not.toContain('env-value')
    if (error?.status === 422) expect(error.body).toContain('refused: [redacted]')
  })
})

/** As encoding/json does by default. */
function goJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
}
