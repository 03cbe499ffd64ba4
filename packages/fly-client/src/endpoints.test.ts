import { describe, expect, test } from '@jest/globals'

import { json, refuse, text } from './testing/server.ts'
import { failureOf, machineBody, useBench } from './testing/use.ts'

const M = '/v1/apps/a/machines/m'

describe('apps', () => {
  const bench = useBench()

  test('create sends name, organisation and network, and relies on no body', async () => {
    bench.server.on('POST /v1/apps', json(201, { id: 'z4k', created_at: 1708631799000 }), text(201, ''))
    expect(await bench.fly.apps.create({ name: 'a', network: 'net-a' })).toEqual({ name: 'a', id: 'z4k' })
    expect(await bench.fly.apps.create({ name: 'b' })).toEqual({ name: 'b', id: undefined })
    expect(bench.server.calls.map(({ body }) => body)).toEqual([
      { name: 'a', org_slug: 'acme', network: 'net-a' },
      { name: 'b', org_slug: 'acme' },
    ])
  })

  test('get and list', async () => {
    const app = {
      id: '1',
      name: 'a',
      status: 'deployed',
      organization: { slug: 'acme', name: 'Acme' },
      network: 'n',
      machine_count: 1,
      volume_count: 0,
    }
    bench.server.on('GET /v1/apps/a', json(200, app))
    bench.server.on(
      'GET /v1/apps',
      json(200, { total_apps: 1, apps: [{ id: '1', name: 'a', network: 'n' }] }),
    )
    expect(await bench.fly.apps.get('a')).toEqual({
      id: '1',
      name: 'a',
      status: 'deployed',
      orgSlug: 'acme',
      network: 'n',
      machineCount: 1,
      volumeCount: 0,
    })
    expect((await bench.fly.apps.list()).apps[0]).toMatchObject({
      name: 'a',
      network: 'n',
      orgSlug: undefined,
    })
    expect(bench.server.calls[1]?.query.get('org_slug')).toBe('acme')
  })

  test('an organisation without apps: null is an empty list', async () => {
    bench.server.on('GET /v1/apps', json(200, { total_apps: 0, apps: null }))
    expect(await bench.fly.apps.list()).toEqual({ totalApps: 0, apps: [] })
  })

  test('delete takes 404 for success, and forces only on demand', async () => {
    bench.server.on('DELETE /v1/apps/a', text(202, ''), refuse(404, 'not found'), refuse(401, 'no'))
    expect(await bench.fly.apps.delete('a')).toBe('accepted')
    expect(await bench.fly.apps.delete('a', { force: true })).toBe('already_gone')
    expect((await failureOf(bench.fly.apps.delete('a'))).code).toBe('unauthorized')
    expect(bench.server.calls.map(({ query }) => query.get('force'))).toEqual([null, 'true', null])
  })

  test('a token for one app', async () => {
    bench.server.on('POST /v1/apps/a/deploy_token', json(200, { token: 'FlyV1 fm2_x' }))
    expect(await bench.fly.apps.createDeployToken('a', { expiry: '720h' })).toBe('FlyV1 fm2_x')
    expect(bench.server.calls[0]?.body).toEqual({ expiry: '720h' })
  })
})

describe('machines', () => {
  const bench = useBench()

  test('create', async () => {
    bench.server.on('POST /v1/apps/a/machines', json(200, machineBody({ nonce: 'n1' })))
    const config = { image: 'x', restart: { policy: 'always' as const } }
    const machine = await bench.fly.machines.create('a', {
      name: 'm-1',
      region: 'iad,ord',
      config,
      skipLaunch: true,
      leaseTtlSeconds: 30,
    })
    expect(machine).toMatchObject({
      id: '1857156b526987',
      state: 'started',
      region: 'iad',
      nonce: 'n1',
      checks: [],
      events: [],
    })
    expect(bench.server.calls[0]?.body).toEqual({
      name: 'm-1',
      region: 'iad,ord',
      config,
      skip_launch: true,
      lease_ttl: 30,
    })
  })

  test('get keeps all of the config, known or not', async () => {
    const config = { image: 'x', services: [{ autostop: true, autostart: false }], something_new: { a: [1] } }
    bench.server.on(
      `GET ${M}`,
      json(200, machineBody({ config, host_status: 'unreachable', state: 'a_new_state' })),
    )
    const machine = await bench.fly.machines.get('a', 'm')
    expect(machine.config).toEqual(config)
    expect(machine).toMatchObject({ state: 'a_new_state', hostStatus: 'unreachable' })
  })

  test('list filters by metadata', async () => {
    bench.server.on('GET /v1/apps/a/machines', json(200, [machineBody()]), json(200, null))
    const list = {
      includeDeleted: true,
      region: 'iad',
      states: ['started', 'stopped'],
      metadata: { owner: 'u 1' },
      summary: true,
    }
    expect(await bench.fly.machines.list('a', list)).toHaveLength(1)
    expect(Object.fromEntries(bench.server.calls[0]!.query)).toEqual({
      include_deleted: 'true',
      region: 'iad',
      state: 'started,stopped',
      'metadata.owner': 'u 1',
      summary: 'true',
    })
    expect(await bench.fly.machines.list('a')).toEqual([])
  })

  test('update sends the version it was made from', async () => {
    bench.server.on(`POST ${M}`, json(200, machineBody()))
    await bench.fly.machines.update(
      'a',
      'm',
      { config: { image: 'y' }, currentVersion: 'v1' },
      { leaseNonce: 'n' },
    )
    expect(bench.server.calls[0]?.body).toEqual({ config: { image: 'y' }, current_version: 'v1' })
  })

  test('start, stop, suspend, restart, signal, cordon, uncordon', async () => {
    bench.server.otherwise(json(200, { ok: true, previous_state: 'stopped' }))
    const { machines } = bench.fly
    expect(await machines.start('a', 'm')).toEqual({ previousState: 'stopped' })
    await machines.stop('a', 'm', { signal: 'SIGTERM', timeout: '30s' })
    await machines.stop('a', 'm')
    await machines.suspend('a', 'm')
    await machines.restart('a', 'm', { timeout: '5s' })
    await machines.signal('a', 'm', { signal: 'SIGUSR1' })
    await machines.cordon('a', 'm')
    await machines.uncordon('a', 'm')
    expect(bench.server.calls.map(({ route, body, query }) => [route, body ?? query.toString()])).toEqual([
      [`POST ${M}/start`, ''],
      [`POST ${M}/stop`, { signal: 'SIGTERM', timeout: '30s' }],
      [`POST ${M}/stop`, {}],
      [`POST ${M}/suspend`, ''],
      [`POST ${M}/restart`, 'timeout=5s'],
      [`POST ${M}/signal`, { signal: 'SIGUSR1' }],
      [`POST ${M}/cordon`, ''],
      [`POST ${M}/uncordon`, ''],
    ])
  })

  test('delete takes 404 for success', async () => {
    bench.server.on(`DELETE ${M}`, json(200, { ok: true }), refuse(404, 'machine not found'))
    expect(await bench.fly.machines.delete('a', 'm', { force: true })).toBe('accepted')
    expect(await bench.fly.machines.delete('a', 'm')).toBe('already_gone')
  })

  test('events, newest first, with requests that are null', async () => {
    const events = [
      {
        id: 'e2',
        type: 'exit',
        status: 'stopped',
        source: 'flyd',
        timestamp: 2,
        request: { exit_event: { exit_code: 3 } },
      },
      { id: 'e1', type: 'launch', status: 'created', source: 'user', timestamp: 1, request: null },
    ]
    bench.server.on(`GET ${M}/events`, json(200, events))
    const got = await bench.fly.machines.listEvents('a', 'm', { limit: 50 })
    expect(got.map(({ id, timestampMs, request }) => [id, timestampMs, request])).toEqual([
      ['e2', 2, { exit_event: { exit_code: 3 } }],
      ['e1', 1, null],
    ])
    expect(bench.server.calls[0]?.query.get('limit')).toBe('50')
  })

  test('versions', async () => {
    bench.server.on(`GET ${M}/versions`, json(200, [{ version: 'v1', user_config: { image: 'x' } }]))
    expect(await bench.fly.machines.listVersions('a', 'm')).toEqual([
      { version: 'v1', config: { image: 'x' } },
    ])
  })

  test('metadata', async () => {
    const { machines } = bench.fly
    bench.server.on(`GET ${M}/metadata`, json(200, { a: '1' }))
    bench.server.on(`GET ${M}/metadata/a`, json(200, { value: '1' }))
    bench.server.otherwise(text(204, ''))
    expect(await machines.listMetadata('a', 'm')).toEqual({ a: '1' })
    expect(await machines.getMetadata('a', 'm', 'a')).toBe('1')
    await machines.setMetadata('a', 'm', 'b/c', '2')
    await machines.deleteMetadata('a', 'm', 'a')
    await machines.mergeMetadata('a', 'm', { metadata: { d: '4' }, machineVersion: 'v1' })
    await machines.replaceMetadata('a', 'm', { metadata: {} })
    expect(bench.server.calls.slice(2).map(({ route, body }) => [route, body])).toEqual([
      [`POST ${M}/metadata/b%2Fc`, { value: '2' }],
      [`DELETE ${M}/metadata/a`, undefined],
      [`PATCH ${M}/metadata`, { metadata: { d: '4' }, machine_version: 'v1' }],
      [`PUT ${M}/metadata`, { metadata: {} }],
    ])
  })
})

describe('secrets', () => {
  const bench = useBench()
  const S = '/v1/apps/a/secrets'

  test('set many, unset with null; the version then goes with every create and update', async () => {
    bench.server.on(`POST ${S}`, json(200, { secrets: [], version: 7 }), json(200, { Version: 5 }))
    bench.server.on('POST /v1/apps/a/machines', json(200, machineBody({ id: 'm' })))
    bench.server.on(`POST ${M}`, json(200, machineBody({ id: 'm' })))
    const { secrets, machines } = bench.fly
    expect(await secrets.set('a', { K: 'v', OLD: null })).toEqual({ version: 7 })
    expect(bench.server.calls[0]?.body).toEqual({ values: { K: 'v', OLD: null } })
    // An older version, answered late, does not take it back.
    expect(await secrets.set('a', { K: 'v' })).toEqual({ version: 5 })
    await machines.create('a', { name: 'm', region: 'iad', config: {} })
    await machines.update('a', 'm', { config: {} })
    await machines.update('a', 'm', { config: {}, minSecretsVersion: 9 })
    await machines.update('a', 'm', { config: {}, minSecretsVersion: null })
    const sent = bench.server.calls
      .slice(2)
      .map(({ body }) => (body as Record<string, unknown>)['min_secrets_version'])
    expect(sent).toEqual([7, 7, 9, undefined])
  })

  test('list', async () => {
    bench.server.on(`GET ${S}`, json(200, { secrets: [{ name: 'K', digest: 'd', created_at: 't' }] }))
    expect(await bench.fly.secrets.list('a', { minVersion: 7 })).toEqual([
      { name: 'K', digest: 'd', createdAt: 't', updatedAt: undefined },
    ])
    expect(bench.server.calls[0]?.query.get('min_version')).toBe('7')
  })
})

describe('addresses and platform', () => {
  const bench = useBench()

  test('list, assign, release', async () => {
    const ip = { ip: '66.1.2.3', region: 'global', shared: true, service_name: '', created_at: 't' }
    bench.server.on('GET /v1/apps/a/ip_assignments', json(200, { ips: [ip] }))
    bench.server.on('POST /v1/apps/a/ip_assignments', json(200, { ...ip, ip: 'fdaa::1', shared: false }))
    bench.server.on('DELETE /v1/apps/a/ip_assignments/fdaa%3A%3A1', text(204, ''), refuse(404, 'no'))
    expect((await bench.fly.ips.list('a'))[0]).toMatchObject({ ip: '66.1.2.3', shared: true })
    const assigned = await bench.fly.ips.assign('a', { type: 'private_v6', network: 'n' })
    expect(assigned.ip).toBe('fdaa::1')
    expect(bench.server.calls[1]?.body).toEqual({ type: 'private_v6', network: 'n' })
    expect(await bench.fly.ips.release('a', 'fdaa::1')).toBe('accepted')
    expect(await bench.fly.ips.release('a', 'fdaa::1')).toBe('already_gone')
  })

  test.each(['regions', 'Regions'])('regions, under %s', async (key) => {
    bench.server.on(
      'GET /v1/platform/regions',
      json(200, { [key]: [{ code: 'iad', name: 'Ashburn', geo_region: 'north_america' }] }),
    )
    const { regions } = await bench.fly.platform.regions()
    expect(regions).toMatchObject([
      { code: 'iad', name: 'Ashburn', geoRegion: 'north_america', deprecated: false },
    ])
  })

  test('placements: the organisation’s limit of each region', async () => {
    bench.server.on(
      'POST /v1/platform/placements',
      json(200, { regions: [{ region: 'iad', count: 40, concurrency: 8 }] }),
    )
    const guest = { cpu_kind: 'shared' as const, cpus: 2, memory_mb: 512 }
    expect(await bench.fly.platform.placements({ guest, count: 0 })).toEqual([
      { region: 'iad', count: 40, concurrency: 8 },
    ])
    expect(bench.server.calls[0]?.body).toEqual({ org_slug: 'acme', compute: guest, count: 0 })
  })

  test('what the token can do', async () => {
    bench.server.on(
      'GET /v1/tokens/current',
      json(200, { tokens: [{ token_id: 't', org_slug: 'acme', apps: null, user: 'u' }] }),
    )
    expect(await bench.fly.platform.currentToken()).toEqual([
      { tokenId: 't', orgSlug: 'acme', apps: [], user: 'u' },
    ])
  })
})
