import { describe, expect, test } from '@jest/globals'

import { json, refuse, reset, text } from '../testing/server.ts'
import { failureOf, machineBody, useBench } from '../testing/use.ts'

const notFound = refuse(404, 'not found')

describe('ensureAppGone', () => {
  const bench = useBench()
  const DELETE = 'DELETE /v1/apps/a'
  const GET = 'GET /v1/apps/a'
  const there = json(200, { name: 'a' })
  const accepted = text(202, '')

  test('is content only when the app is seen to be gone', async () => {
    bench.server.on(DELETE, accepted)
    bench.server.on(GET, there, there, refuse(502, ''), there, notFound)
    await bench.fly.ensureAppGone('a')
    expect(bench.server.to(GET)).toHaveLength(5)
    expect(bench.server.to(DELETE).map(({ query }) => query.get('force'))).toEqual(['true'])
  })

  test('looks although the DELETE found nothing', async () => {
    bench.server.on(DELETE, notFound, accepted)
    bench.server.on(GET, there, there, there, there, there, there, there, there, notFound)
    await bench.fly.ensureAppGone('a')
    expect(bench.server.to(DELETE).length).toBeGreaterThanOrEqual(1)
  })

  test('asks again, but seldom, where an accepted DELETE shows no effect', async () => {
    bench.server.on(DELETE, accepted)
    bench.server.on(GET, there)
    const error = await failureOf(bench.fly.ensureAppGone('a', {}, { deadlineMs: 60_000 }))
    expect(error).toMatchObject({ code: 'timeout', retryable: true })
    expect(error.message).toContain('still there')
    expect(bench.server.to(DELETE).length).toBeGreaterThan(2)
    expect(bench.server.to(DELETE).length).toBeLessThanOrEqual(5)
  })

  test.each([
    ['a broken connection', reset],
    ['503', refuse(503, '')],
    ['429', refuse(429, '')],
  ])('through %s', async (_, failure) => {
    bench.server.on(DELETE, failure, accepted)
    bench.server.on(GET, notFound)
    await bench.fly.ensureAppGone('a')
    expect(bench.server.to(DELETE)).toHaveLength(2)
  })

  test('a token that may not is an error, never "gone"', async () => {
    bench.server.on(DELETE, refuse(403, 'forbidden'), accepted)
    bench.server.on(GET, refuse(403, 'forbidden'))
    expect((await failureOf(bench.fly.ensureAppGone('a'))).code).toBe('unauthorized')
    expect((await failureOf(bench.fly.ensureAppGone('a'))).code).toBe('unauthorized')
  })
})

describe('ensureMachineGone', () => {
  const bench = useBench()
  const M = '/v1/apps/a/machines/m'

  test.each([
    ['a lease', refuse(409, 'aborted: lease currently held by x, expires at 2026-01-01T00:00:03Z')],
    ['a state on its way', refuse(409, 'aborted: machine is busy')],
    ['a broken connection', reset],
  ])('waits out %s, and takes 404 or destroyed for gone', async (_, failure) => {
    bench.server.on(`DELETE ${M}`, failure, json(200, { ok: true }))
    bench.server.on(
      `GET ${M}`,
      json(200, machineBody({ state: 'destroying' })),
      json(200, machineBody({ state: 'destroyed' })),
    )
    await bench.fly.ensureMachineGone('a', 'm')
    bench.server.on(`GET ${M}`, notFound)
    await bench.fly.ensureMachineGone('a', 'm')
    expect(bench.server.to(`DELETE ${M}`)).toHaveLength(3)
  })
})

describe('ensureSecrets and ensureIp', () => {
  const bench = useBench()
  const IPS = '/v1/apps/a/ip_assignments'
  const shared = { ip: '66.1.1.1', shared: true }

  test('secrets are simply set again', async () => {
    bench.server.on('POST /v1/apps/a/secrets', reset, refuse(503, ''), json(200, { version: 4 }))
    expect(await bench.fly.ensureSecrets('a', { K: 'v' })).toEqual({ version: 4 })
  })

  test('an address that is there is not assigned again', async () => {
    bench.server.on(
      `GET ${IPS}`,
      json(200, { ips: [{ ip: '2a09::1' }, { ip: 'fdaa::1' }, shared, { ip: '1.2.3.4' }] }),
    )
    for (const [type, ip] of [
      ['shared_v4', '66.1.1.1'],
      ['v4', '1.2.3.4'],
      ['v6', '2a09::1'],
      ['private_v6', 'fdaa::1'],
    ] as const) {
      expect((await bench.fly.ensureIp('a', { type })).ip).toBe(ip)
    }
    expect(bench.server.to(`POST ${IPS}`)).toHaveLength(0)
  })

  test.each([
    ['a broken connection', reset],
    ['409', refuse(409, 'already allocated')],
    ['422', refuse(422, 'already allocated')],
  ])('one that the lost call assigned is found after %s', async (_, failure) => {
    bench.server.on(`GET ${IPS}`, json(200, { ips: [] }), json(200, { ips: [shared] }))
    bench.server.on(`POST ${IPS}`, failure)
    expect((await bench.fly.ensureIp('a', { type: 'shared_v4' })).ip).toBe('66.1.1.1')
    expect(bench.server.to(`POST ${IPS}`)).toHaveLength(1)
  })

  test('through an outage of the list', async () => {
    bench.server.on(
      `GET ${IPS}`,
      ...Array.from({ length: 6 }, () => refuse(503, '')),
      json(200, { ips: [shared] }),
    )
    expect((await bench.fly.ensureIp('a', { type: 'shared_v4' })).ip).toBe('66.1.1.1')
  })

  test('a refusal that is a real one stays one', async () => {
    bench.server.on(`GET ${IPS}`, json(200, { ips: null }))
    bench.server.on(`POST ${IPS}`, refuse(422, 'no such type'))
    expect((await failureOf(bench.fly.ensureIp('a', { type: 'v4' }))).code).toBe('validation')
  })
})

describe('updateMachineConfig', () => {
  const bench = useBench()
  const GET = 'GET /v1/apps/a/machines/m'
  const UPDATE = 'POST /v1/apps/a/machines/m'
  const machine = (version: string, config: unknown) => machineBody({ id: 'm', instance_id: version, config })
  const resize = () =>
    bench.fly.updateMachineConfig('a', 'm', (config) => ({
      ...config,
      guest: { ...config.guest, memory_mb: 1024 },
    }))
  const before = { image: 'x', env: { A: '1' }, guest: { cpus: 2, memory_mb: 512 }, newer_field: [1] }
  const after = { ...before, guest: { cpus: 2, memory_mb: 1024 } }

  test('sends the whole config with the version it was read from', async () => {
    bench.server.on(GET, json(200, machine('v1', before)))
    bench.server.on(UPDATE, json(200, machine('v2', after)))
    expect((await resize()).instanceId).toBe('v2')
    expect(bench.server.to(UPDATE)[0]?.body).toEqual({ config: after, current_version: 'v1' })
  })

  test('starts anew on a conflict, from what is there then', async () => {
    const changed = { ...before, env: { A: '2' } }
    bench.server.on(GET, json(200, machine('v1', before)), json(200, machine('v2', changed)))
    bench.server.on(
      UPDATE,
      refuse(409, 'aborted: machine update failed due to concurrent update'),
      json(200, machine('v3', after)),
    )
    await resize()
    expect(bench.server.to(UPDATE)[1]?.body).toEqual({
      config: { ...changed, guest: { cpus: 2, memory_mb: 1024 } },
      current_version: 'v2',
    })
  })

  test('does not reboot the machine twice for an answer that was lost', async () => {
    bench.server.on(GET, json(200, machine('v1', before)), json(200, machine('v2', { ...after, init: {} })))
    bench.server.on(UPDATE, reset)
    expect((await resize()).instanceId).toBe('v2')
    expect(bench.server.to(UPDATE)).toHaveLength(1)
  })

  test('through an outage of the reading', async () => {
    const down = Array.from({ length: 6 }, () => refuse(503, ''))
    bench.server.on(GET, ...down, json(200, machine('v1', before)))
    bench.server.on(UPDATE, json(200, machine('v2', after)))
    expect((await resize()).instanceId).toBe('v2')
  })

  test('sends again where the lost call was not applied', async () => {
    bench.server.on(GET, json(200, machine('v1', before)))
    bench.server.on(UPDATE, reset, json(200, machine('v2', after)))
    await resize()
    expect(bench.server.to(UPDATE)).toHaveLength(2)
  })

  test('never sends a part of a config as the whole', async () => {
    const partial = machineBody({
      config: undefined,
      incomplete_config: { image: 'x' },
      host_status: 'unreachable',
    })
    bench.server.on(GET, json(200, partial))
    expect((await failureOf(resize())).message).toContain('unreachable')
    expect(bench.server.to(UPDATE)).toHaveLength(0)
  })
})
