/** Whatever Fly, or something between, answers: every call ends with a value or a FlyError, and never with anything else. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'

import * as org from './decode-org.ts'
import * as plain from './decode.ts'
import { DecodeError, type Decoder } from './decoder.ts'
import { FLY_ERRORS, isFlyError, OPERATIONS, type FlyClient } from './index.ts'
import { checksPass, isCrashLooping, isGone, isUnreachable, lastFailure } from './machine-state.ts'
import { text } from './testing/server.ts'
import { machineBody, useBench } from './testing/use.ts'

// The same values each time: a test that fails fails for everybody.
fc.configureGlobal({ seed: 20_260_301 })

const decoders = Object.entries<Decoder<unknown>>({ ...plain, ...org })

/** JSON that looks like an answer of Fly: its keys, with values of any type, and known bodies with a part replaced. */
const nearly = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, 0, -1, 1e300, '', 'started', '2026-01-01T00:00:00Z'),
    fc.string(),
    fc.integer(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...fieldNames()), tie('value'), { maxKeys: 8 }),
  ),
})).value

const broken = fc
  .tuple(fc.constantFrom(...fieldNames()), nearly)
  .map(([field, value]) => ({ ...machineBody(), [field]: value }))

function fieldNames(): string[] {
  return [
    ...Object.keys(machineBody()),
    'apps',
    'total_apps',
    'organization',
    'network',
    'machines',
    'next_cursor',
    'error_regions',
    'app_name',
    'regions',
    'Regions',
    'code',
    'secrets',
    'version',
    'Version',
    'digest',
    'data',
    'nonce',
    'expires_at',
    'token',
    'tokens',
    'ips',
    'ip',
    'shared',
    'ok',
    'request',
    'exit_event',
    'exit_code',
    'type',
    'status',
    'timestamp',
    'volumes',
    'lease',
    'services',
    'checks',
    'metadata',
    'env',
    'owner',
    'image_ref',
    'incomplete_config',
    'guest',
    'value',
    'previous_state',
    'error',
    'message',
    'user_config',
  ]
}

const calls: [string, (fly: FlyClient) => Promise<unknown>][] = [
  ['apps.create', (fly) => fly.apps.create({ name: 'a' })],
  ['apps.get', (fly) => fly.apps.get('a')],
  ['apps.list', (fly) => fly.apps.list()],
  ['apps.delete', (fly) => fly.apps.delete('a')],
  ['apps.createDeployToken', (fly) => fly.apps.createDeployToken('a', { expiry: '1h' })],
  ['machines.create', (fly) => fly.machines.create('a', { name: 'm', region: 'iad', config: {} })],
  ['machines.get', (fly) => fly.machines.get('a', 'm')],
  ['machines.list', (fly) => fly.machines.list('a')],
  ['machines.update', (fly) => fly.machines.update('a', 'm', { config: {} })],
  ['machines.delete', (fly) => fly.machines.delete('a', 'm')],
  ['machines.start', (fly) => fly.machines.start('a', 'm')],
  ['machines.stop', (fly) => fly.machines.stop('a', 'm')],
  ['machines.suspend', (fly) => fly.machines.suspend('a', 'm')],
  ['machines.restart', (fly) => fly.machines.restart('a', 'm')],
  ['machines.signal', (fly) => fly.machines.signal('a', 'm', { signal: 'SIGHUP' })],
  ['machines.cordon', (fly) => fly.machines.cordon('a', 'm')],
  ['machines.uncordon', (fly) => fly.machines.uncordon('a', 'm')],
  ['machines.exec', (fly) => fly.machines.exec('a', 'm', { command: ['x'] })],
  ['machines.wait', (fly) => fly.machines.wait('a', 'm', { states: ['started'], timeoutMs: 3000 })],
  ['machines.listEvents', (fly) => fly.machines.listEvents('a', 'm')],
  ['machines.listVersions', (fly) => fly.machines.listVersions('a', 'm')],
  ['machines.listMetadata', (fly) => fly.machines.listMetadata('a', 'm')],
  ['machines.getMetadata', (fly) => fly.machines.getMetadata('a', 'm', 'k')],
  ['machines.setMetadata', (fly) => fly.machines.setMetadata('a', 'm', 'k', 'v')],
  ['machines.deleteMetadata', (fly) => fly.machines.deleteMetadata('a', 'm', 'k')],
  ['machines.mergeMetadata', (fly) => fly.machines.mergeMetadata('a', 'm', { metadata: {} })],
  ['machines.replaceMetadata', (fly) => fly.machines.replaceMetadata('a', 'm', { metadata: {} })],
  ['leases.find', (fly) => fly.leases.find('a', 'm')],
  ['leases.acquire', (fly) => fly.leases.acquire('a', 'm', { ttlSeconds: 9 })],
  ['leases.release', (fly) => fly.leases.release('a', 'm', 'n')],
  ['secrets.list', (fly) => fly.secrets.list('a')],
  ['secrets.set', (fly) => fly.secrets.set('a', { K: 'v' })],
  ['ips.list', (fly) => fly.ips.list('a')],
  ['ips.assign', (fly) => fly.ips.assign('a', { type: 'v6' })],
  ['ips.release', (fly) => fly.ips.release('a', '::1')],
  ['orgs.machines', (fly) => fly.orgs.collectMachines()],
  [
    'orgs.volumes',
    async (fly) => {
      for await (const page of fly.orgs.volumes()) if (page.errorRegions.length > 0) return
    },
  ],
  ['platform.regions', (fly) => fly.platform.regions()],
  ['platform.placements', (fly) => fly.platform.placements()],
  ['platform.currentToken', (fly) => fly.platform.currentToken()],
]

describe('every decoder', () => {
  test.each(decoders)('%s gives a value or a DecodeError, whatever JSON it is given', (_, decode) => {
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), nearly, broken), (json) => {
        const error = errorOf(() => decode(json))
        if (error !== undefined) expect(error).toBeInstanceOf(DecodeError)
      }),
      { numRuns: 400 },
    )
  })

  test('never says what it found: that may be a secret', () => {
    const secret = 'a-secret-value-of-ours'
    const hide = (_key: string, value: unknown): unknown => (typeof value === 'string' ? secret : value)
    const hidden = broken.map((body) => JSON.parse(JSON.stringify(body), hide) as unknown)
    fc.assert(
      fc.property(fc.constantFrom(...decoders), hidden, ([, decode], json) => {
        const error = errorOf(() => decode(json))
        if (error instanceof DecodeError) expect(error.message).not.toContain(secret)
      }),
    )
  })

  test('a machine that was decoded can be read by every function on machines', () => {
    let decoded = 0
    fc.assert(
      fc.property(fc.oneof(broken, nearly), (json) => {
        const error = errorOf(() => {
          const machine = plain.machine(json)
          decoded += 1
          for (const read of [checksPass, isCrashLooping, isGone, isUnreachable, lastFailure]) read(machine)
        })
        if (error !== undefined) expect(error).toBeInstanceOf(DecodeError)
      }),
      { numRuns: 3000 },
    )
    expect(decoded).toBeGreaterThan(100)
  })
})

function errorOf(act: () => unknown): unknown {
  try {
    act()
    return undefined
  } catch (error) {
    return error
  }
}

describe('every call', () => {
  const bench = useBench({ breaker: false, retry: { attempts: 1 } })

  test('is fuzzed', () => {
    expect(calls.map(([name]) => name).sort()).toEqual(Object.keys(OPERATIONS).sort())
  })

  test.each(calls)('%s ends with a value or a FlyError, whatever is answered', async (_, call) => {
    const bodies = fc.oneof(
      nearly.map((json) => JSON.stringify(json)),
      broken.map((json) => JSON.stringify(json)),
      fc.string(),
    )
    const statuses = fc.oneof(fc.constantFrom(200, 200, 201, 204), fc.integer({ min: 200, max: 599 }))
    await fc.assert(
      fc.asyncProperty(statuses, bodies, async (status, body) => {
        bench.server.otherwise(text(status, status === 204 || status === 304 ? '' : body))
        const error = await call(bench.fly).then(
          () => undefined,
          (reason: unknown) => reason,
        )
        if (error === undefined) return
        expect(isFlyError(error)).toBe(true)
        if (isFlyError(error)) expect(FLY_ERRORS).toHaveProperty(error.code)
      }),
      { numRuns: 60 },
    )
  })
})
