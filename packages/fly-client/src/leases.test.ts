import { describe, expect, test } from '@jest/globals'

import { systemClock } from './clock.ts'
import { json, refuse } from './testing/server.ts'
import { failureOf, useBench } from './testing/use.ts'

const LEASE = '/v1/apps/a/machines/m/lease'
const lease = { nonce: 'n1', expires_at: 1_767_225_660, owner: 'me@tokens.fly.io', description: 'resize' }
const enveloped = json(201, { status: 'success', data: lease })
const released = json(200, { status: 'success', data: { ok: true } })
const held = refuse(
  409,
  'aborted: machine ID m lease currently held by x@tokens.fly.io, expires at 2026-01-01T00:00:08Z',
)

describe('leases', () => {
  const bench = useBench()

  test.each([
    ['in the envelope of the documentation', enveloped],
    ['bare, as specified', json(201, lease)],
  ])('are read %s', async (_, reply) => {
    bench.server.on(`POST ${LEASE}`, reply)
    const got = await bench.fly.leases.acquire('a', 'm', { ttlSeconds: 30, description: 'resize' })
    expect(got).toMatchObject({
      nonce: 'n1',
      expiresAt: new Date('2026-01-01T00:01:00Z'),
      owner: 'me@tokens.fly.io',
    })
    const [call] = bench.server.calls
    expect(call?.query.get('ttl')).toBe('30')
    expect(call?.body).toEqual({ ttl: 30, description: 'resize' })
  })

  test('refresh and release carry the nonce', async () => {
    bench.server.on(`POST ${LEASE}`, json(201, { status: 'success', data: { expires_at: 1 } }))
    bench.server.on(`DELETE ${LEASE}`, released)
    expect((await bench.fly.leases.refresh('a', 'm', 'n1', { ttlSeconds: 30 })).nonce).toBe('n1')
    await bench.fly.leases.release('a', 'm', 'n1')
    expect(bench.server.calls.map(({ headers }) => headers['fly-machine-lease-nonce'])).toEqual(['n1', 'n1'])
  })

  test('without a nonce are no leases', async () => {
    bench.server.on(`POST ${LEASE}`, json(201, { status: 'success', data: { expires_at: 1 } }))
    const error = await failureOf(bench.fly.leases.acquire('a', 'm', { ttlSeconds: 30 }))
    expect(error).toMatchObject({ code: 'unexpected_answer', ambiguous: true })
  })

  test('that nobody holds are undefined', async () => {
    bench.server.on(`GET ${LEASE}`, refuse(404, 'lease not found'))
    expect(await bench.fly.leases.find('a', 'm')).toBeUndefined()
  })

  test.each([404, 400])('that are gone are released: %i lease not found', async (status) => {
    bench.server.on(`DELETE ${LEASE}`, refuse(status, 'lease not found'))
    await bench.fly.leases.release('a', 'm', 'n1')
  })

  test('of others say until when', async () => {
    bench.server.on(`POST ${LEASE}`, held)
    const error = await failureOf(bench.fly.leases.acquire('a', 'm', { ttlSeconds: 30 }))
    expect(error).toMatchObject({ code: 'lease_held', leaseExpiresAt: new Date('2026-01-01T00:00:08Z') })
  })
})

describe('withLease', () => {
  const bench = useBench({ clock: systemClock })

  test('hands the nonce to the calls inside, and gives the lease back', async () => {
    bench.server.on(`POST ${LEASE}`, enveloped)
    bench.server.on(`DELETE ${LEASE}`, released)
    bench.server.on('POST /v1/apps/a/machines/m/start', json(200, { previous_state: 'stopped' }))
    const result = await bench.fly.withLease('a', 'm', { ttlSeconds: 30 }, async ({ opts }) =>
      bench.fly.machines.start('a', 'm', opts),
    )
    expect(result.previousState).toBe('stopped')
    const nonces = bench.server.calls.map(({ route, headers }) => [route, headers['fly-machine-lease-nonce']])
    expect(nonces).toEqual([
      [`POST ${LEASE}`, undefined],
      ['POST /v1/apps/a/machines/m/start', 'n1'],
      [`DELETE ${LEASE}`, 'n1'],
    ])
  })

  test('gives it back after a failure too, and the failure stays the failure', async () => {
    bench.server.on(`POST ${LEASE}`, enveloped)
    bench.server.on(`DELETE ${LEASE}`, refuse(500, 'cannot release'))
    const work = bench.fly.withLease('a', 'm', { ttlSeconds: 30 }, () => Promise.reject(new Error('work')))
    await expect(work).rejects.toThrow('work')
    expect(bench.server.to(`DELETE ${LEASE}`)).toHaveLength(1)
  })

  test('refreshes it while the work lasts', async () => {
    const thrice = Promise.withResolvers<undefined>()
    bench.server.on(`POST ${LEASE}`, (response, call) => {
      enveloped(response, call)
      if (bench.server.to(`POST ${LEASE}`).length === 4) thrice.resolve(undefined)
    })
    bench.server.on(`DELETE ${LEASE}`, released)
    await bench.fly.withLease('a', 'm', { ttlSeconds: 0.06 }, () => thrice.promise)
    const nonces = bench.server.to(`POST ${LEASE}`).map(({ headers }) => headers['fly-machine-lease-nonce'])
    expect(nonces.slice(0, 4)).toEqual([undefined, 'n1', 'n1', 'n1'])
  })

  test('aborts the work when it is lost', async () => {
    bench.server.on(`POST ${LEASE}`, enveloped, refuse(404, 'lease not found'))
    bench.server.on(`DELETE ${LEASE}`, refuse(404, 'lease not found'))
    const lost = bench.fly.withLease('a', 'm', { ttlSeconds: 0.06 }, async ({ signal }) => {
      await new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason as Error)),
      )
    })
    expect((await failureOf(lost)).code).toBe('not_found')
  })

  test('one refresh that fails is no loss', async () => {
    const again = Promise.withResolvers<undefined>()
    bench.server.on(`POST ${LEASE}`, enveloped, refuse(503, 'down'), (response, call) => {
      enveloped(response, call)
      again.resolve(undefined)
    })
    bench.server.on(`DELETE ${LEASE}`, released)
    await bench.fly.withLease('a', 'm', { ttlSeconds: 0.6 }, async ({ signal }) => {
      await again.promise
      expect(signal.aborted).toBe(false)
    })
  })
})

describe('a lease that somebody else holds', () => {
  const bench = useBench()

  test('is waited for, and taken when it is free', async () => {
    bench.server.on(`POST ${LEASE}`, held, held, enveloped)
    bench.server.on(`DELETE ${LEASE}`, released)
    // A ttl so long that no refresh falls into the test: its clock does not make anybody wait.
    const done = await bench.fly.withLease('a', 'm', { ttlSeconds: 3600 }, () => Promise.resolve('done'))
    expect(done).toBe('done')
    expect(bench.clock.pauses.slice(0, 2).every((ms) => ms >= 2000 && ms <= 6000)).toBe(true)
  })

  test('but not for ever', async () => {
    bench.server.on(`POST ${LEASE}`, held)
    const error = await failureOf(
      bench.fly.withLease('a', 'm', { ttlSeconds: 30, waitMs: 12_000 }, () => Promise.resolve()),
    )
    expect(error.code).toBe('lease_held')
    expect(bench.clock.elapsedMs).toBeLessThanOrEqual(12_000)
  })
})
