import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import { classify, parseRetryAfter, readErrorBody } from './classify.ts'
import { FLY_ERRORS, type FlyErrorCode } from './errors.ts'
import { OPERATIONS, type OperationName } from './operations.ts'

// The same values each time: a test that fails fails for everybody.
fc.configureGlobal({ seed: 20_260_301 })

const error = (text: string, status?: string) => JSON.stringify({ error: text, status })

/** Each with the words of Fly that facts, issues and captures have kept. */
const SEEN: [FlyErrorCode, OperationName, number, string][] = [
  ['name_taken', 'apps.create', 422, error('Validation failed: Name has already been taken', 'name_taken')],
  ['name_taken', 'apps.create', 422, error('Validation failed: Name has already been taken')],
  ['name_taken', 'apps.create', 409, error('app already exists')],
  ['conflict', 'apps.create', 422, error('uniqueness constraint violated')],
  [
    'validation',
    'apps.create',
    422,
    error('Validation failed: Name under 63 chars using numbers, lowercase letters and dashes'),
  ],
  ['unauthorized', 'apps.get', 401, '{"message":"Unauthorized"}'],
  ['unauthorized', 'machines.list', 401, error('Authenticate: token validation error')],
  ['unauthorized', 'apps.get', 403, error('not authorized to access this app')],
  ['not_found', 'apps.get', 404, '404 page not found'],
  ['not_found', 'machines.get', 404, error('not_found: machine not found')],
  ['not_found', 'machines.list', 400, error('could not find app')],
  ['not_found', 'machines.list', 400, error('unknown app')],
  ['not_found', 'leases.release', 400, error('lease not found')],
  ['not_found', 'machines.get', 410, ''],
  ['validation', 'machines.create', 400, error('invalid_argument: volume does not exist')],
  ['validation', 'machines.wait', 400, error('invalid_argument: timeout must be in [1s, 1m0s]')],
  [
    'validation',
    'machines.stop',
    400,
    error('json: cannot unmarshal array into Go value of type main.stopRequest'),
  ],
  ['validation', 'machines.create', 400, ''],
  ['validation', 'machines.create', 400, error('machine image does not exist')],
  ['not_found', 'machines.start', 400, error('machine 1857156b526987 does not exist')],
  [
    'region_capacity',
    'machines.create',
    422,
    error('could not find a candidate host', 'insufficient_capacity'),
  ],
  ['region_capacity', 'machines.create', 409, error('aborted: no capacity')],
  ['region_capacity', 'machines.create', 400, error('no capacity')],
  [
    'host_capacity',
    'machines.create',
    409,
    error('aborted: insufficient resources available to fulfill request: insufficient memory available'),
  ],
  [
    'host_capacity',
    'machines.create',
    412,
    error(
      "insufficient resources to create new machine with existing volume id 'vol_1'",
      'volume_placement_capacity',
    ),
  ],
  [
    'host_capacity',
    'machines.start',
    409,
    error('aborted: could not reserve resource for machine: insufficient memory'),
  ],
  ['host_capacity', 'machines.update', 412, error('deploys to this host are temporarily disabled')],
  [
    'region_quota',
    'machines.create',
    403,
    error(
      'organization "acme" is using 1970176 MB of memory in dfw which is over the allowed quota. please consider other regions',
    ),
  ],
  [
    'machine_limit',
    'machines.create',
    422,
    error('Your organization has reached its machine limit. Please contact billing@fly.io'),
  ],
  [
    'machine_name_taken',
    'machines.create',
    409,
    error(
      'already_exists: unique machine name violation, machine ID 1857156b526987 already exists with name "m-1"',
    ),
  ],
  [
    'machine_name_taken',
    'machines.create',
    422,
    error('unique machine name violation, machine ID 1857156b526987 already exists with name "m-1"'),
  ],
  [
    'lease_held',
    'machines.update',
    409,
    error(
      'aborted: machine ID 1857 lease currently held by x@tokens.fly.io, expires at 2026-08-14T09:57:35Z',
    ),
  ],
  ['lease_held', 'machines.update', 412, error('lease currently held by x')],
  [
    'replaced',
    'machines.start',
    412,
    error('failed_precondition: machine getting replaced, refusing to start'),
  ],
  ['replaced', 'machines.wait', 400, error('machine is currently replaced')],
  [
    'conflict',
    'machines.start',
    412,
    error("failed_precondition: unable to start machine from current state: 'created'"),
  ],
  ['conflict', 'machines.update', 409, error('aborted: machine update failed due to concurrent update')],
  [
    'rate_limited',
    'machines.create',
    429,
    error('failed to launch VM: resource_exhausted: rate limit exceeded'),
  ],
  ['rate_limited', 'machines.get', 429, ''],
  [
    'wait_deadline',
    'machines.wait',
    408,
    error('deadline_exceeded: machine failed to reach desired state, started, currently stopped'),
  ],
  ['timeout', 'machines.create', 408, error('deadline_exceeded: request timed out')],
  ['timeout', 'leases.acquire', 408, ''],
  ['unavailable', 'machines.create', 500, error('no rows in result set')],
  ['unavailable', 'machines.get', 502, '<html><body><h1>502 Bad Gateway</h1></body></html>'],
  ['unavailable', 'apps.create', 503, error('no capacity to serve this request')],
  ['unexpected_answer', 'apps.get', 302, ''],
]

describe('classify', () => {
  test.each(SEEN)('%s: %s answers %i %s', (code, operation, status, text) => {
    expect(classify({ operation, status, text }).code).toBe(code)
  })

  test('reads the machine that has the name, and when a lease ends', () => {
    const named = classify({
      operation: 'machines.create',
      status: 409,
      text: error(
        'already_exists: unique machine name violation, machine ID 1857156b526987 already exists with name "x"',
      ),
    })
    expect(named.machineId).toBe('1857156b526987')
    const held = classify({
      operation: 'machines.update',
      status: 409,
      text: error(
        'aborted: machine ID 1 lease currently held by a@tokens.fly.io, expires at 2026-08-14T09:57:35Z',
      ),
    })
    expect(held.leaseExpiresAt).toEqual(new Date('2026-08-14T09:57:35Z'))
  })

  test('a lease that ends at no readable time is held all the same', () => {
    const held = classify({
      operation: 'machines.update',
      status: 409,
      text: error('lease currently held, expires at soon'),
    })
    expect(held).toEqual({ code: 'lease_held' })
  })

  test('any status with any body has a cause from the registry', () => {
    const bodies = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({ error: fc.anything(), message: fc.anything(), status: fc.anything() }, { requiredKeys: [] })
        .map((body) => {
          try {
            return JSON.stringify(body)
          } catch {
            return ''
          }
        }),
      fc
        .tuple(fc.constantFrom(...SEEN.map(([, , , body]) => body)), fc.nat(200))
        .map(([body, cut]) => body.slice(0, cut)),
    )
    const operations = Object.keys(OPERATIONS) as OperationName[]
    fc.assert(
      fc.property(
        fc.constantFrom(...operations),
        fc.integer({ min: 0, max: 999 }),
        bodies,
        (operation, status, text) => {
          const { code } = classify({ operation, status, text })
          expect(FLY_ERRORS).toHaveProperty(code)
          if (status >= 500) expect(code).toBe('unavailable')
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('a long or hostile body takes no long time', () => {
    const hostile = [
      '<'.repeat(60_000),
      'machine '.repeat(8000),
      `{"error":${JSON.stringify('app '.repeat(15_000))}}`,
    ]
    for (const text of hostile) {
      const started = performance.now()
      classify({ operation: 'machines.create', status: 422, text })
      // Milliseconds on an idle machine; a pattern that backtracks would need minutes.
      expect(performance.now() - started).toBeLessThan(5_000)
    }
  })
})

describe('readErrorBody', () => {
  test.each([
    ['{"error":"a"}', 'a'],
    ['{"message":"b"}', 'b'],
    ['{"msg":"c"}', 'c'],
    ['{"error":"","message":"d"}', 'd'],
    ['plain', 'plain'],
    ['<html><h1>502\nBad  Gateway</h1></html>', '502 Bad Gateway'],
    ['{"error":{"deep":1}}', '{"error":{"deep":1}}'],
    ['{broken', '{broken'],
    ['', ''],
  ])('%s says %s', (text, words) => {
    expect(readErrorBody(text).words).toBe(words)
  })
})

describe('parseRetryAfter', () => {
  const now = new Date('2026-01-01T00:00:00Z')
  test.each([
    ['3', 3000],
    ['0.5', 500],
    ['Thu, 01 Jan 2026 00:00:07 GMT', 7000],
    ['Thu, 01 Jan 2015 00:00:07 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s is %s ms', (header, ms) => {
    expect(parseRetryAfter(header, now)).toBe(ms)
  })
})
