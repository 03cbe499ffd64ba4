/** The whole client against the stand-in, which keeps state as Fly does and knows nothing of this client. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { startFlySim, type FlySim } from '@hangar/fly-sim'

import { checksPass, createFlyClient, isGone, type FlyClient, type MachineConfig } from './index.ts'
import { failureOf } from './testing/use.ts'

const config: MachineConfig = {
  image: 'registry.fly.io/x:1',
  guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 },
  env: { RUN_MODE: 'user_dedicated' },
  metadata: { owner: 'u1' },
  restart: { policy: 'always' },
  stop_config: { signal: 'SIGTERM', timeout: '5s' },
  checks: { alive: { type: 'http', port: 8080, path: '/health', interval: '1s', timeout: '1s' } },
}

describe('against the stand-in', () => {
  let sim: FlySim
  let fly: FlyClient
  beforeAll(async () => {
    sim = await startFlySim({
      orgs: ['acme', 'other'],
      tokens: [
        { token: 'one', orgs: ['acme'] },
        { token: 'two', orgs: ['other'] },
      ],
      delays: 'brisk',
    })
    fly = createFlyClient({ baseUrl: sim.url, token: 'one', orgSlug: 'acme' })
  })
  afterAll(async () => {
    await fly.close()
    await sim.stop()
  })

  test('a life of an app: made, made again, started, changed under lease, stopped, gone', async () => {
    const app = { name: 'life-1', network: 'life-1' }
    expect((await fly.ensureApp(app)).outcome).toBe('created')
    expect((await fly.ensureApp(app)).outcome).toBe('adopted')
    const { version } = await fly.ensureSecrets('life-1', { TOKEN: 'a-secret', OLD: null })
    expect((await fly.secrets.list('life-1', { minVersion: version ?? 0 })).map(({ name }) => name)).toEqual([
      'TOKEN',
    ])

    const wanted = { name: 'm-1', region: 'iad', config }
    const { machine, outcome } = await fly.ensureMachine('life-1', wanted)
    expect(outcome).toBe('created')
    expect(await fly.ensureMachine('life-1', wanted)).toMatchObject({
      outcome: 'adopted',
      machine: { id: machine.id },
    })
    const started = await fly.ensureStarted('life-1', machine.id)
    expect(started).toMatchObject({ state: 'started', region: 'iad', hostStatus: 'ok' })
    expect([true, false]).toContain(checksPass(started))

    const grown = await fly.withLease(
      'life-1',
      machine.id,
      { ttlSeconds: 30, description: 'resize' },
      async ({ opts }) => {
        expect((await failureOf(fly.machines.stop('life-1', machine.id))).code).toBe('lease_held')
        const change = (now: MachineConfig) => ({ ...now, guest: { ...now.guest, memory_mb: 512 } })
        const updated = await fly.updateMachineConfig('life-1', machine.id, change, {}, opts)
        await fly.machines.wait('life-1', machine.id, {
          states: ['started'],
          timeoutMs: 20_000,
          version: updated.instanceId,
        })
        return updated
      },
    )
    expect(grown.config).toMatchObject({ ...config, guest: { memory_mb: 512 } })
    expect(grown.instanceId).not.toBe(machine.instanceId)
    expect(await fly.leases.find('life-1', machine.id)).toBeUndefined()

    await fly.machines.setMetadata('life-1', machine.id, 'generation', '2')
    expect(await fly.machines.listMetadata('life-1', machine.id)).toEqual({ owner: 'u1', generation: '2' })
    expect(
      (await fly.machines.list('life-1', { metadata: { generation: '2' } })).map(({ id }) => id),
    ).toEqual([machine.id])
    expect((await fly.machines.listEvents('life-1', machine.id)).length).toBeGreaterThan(2)

    const { machines, complete } = await fly.orgs.collectMachines()
    expect(complete).toBe(true)
    expect(machines).toMatchObject([{ id: machine.id, appName: 'life-1', metadata: { owner: 'u1' } }])

    expect(await fly.ensureStopped('life-1', machine.id, { signal: 'SIGTERM', timeout: '1s' })).toBe(
      'stopped',
    )
    await fly.ensureMachineGone('life-1', machine.id)
    const after = await fly.machines.get('life-1', machine.id).catch(() => undefined)
    expect(after === undefined || isGone(after)).toBe(true)
    await fly.ensureAppGone('life-1')
    await fly.ensureAppGone('life-1')
    expect(await fly.apps.delete('life-1')).toBe('already_gone')
    expect((await fly.apps.list()).apps).toEqual([])
  })

  test('an app of a stranger is neither adopted nor deleted', async () => {
    const stranger = createFlyClient({ baseUrl: sim.url, token: 'two', orgSlug: 'other' })
    await stranger.ensureApp({ name: 'theirs' })
    expect((await failureOf(fly.ensureApp({ name: 'theirs' }))).code).toBe('name_taken')
    expect((await failureOf(fly.ensureAppGone('theirs'))).code).toBe('unauthorized')
    await stranger.ensureAppGone('theirs')
    await stranger.close()
  })

  test('an app on another network is not adopted', async () => {
    await fly.ensureApp({ name: 'net-1', network: 'net-1' })
    expect((await failureOf(fly.ensureApp({ name: 'net-1', network: 'net-2' }))).code).toBe('name_taken')
    await fly.ensureAppGone('net-1')
  })

  test('addresses, placements, regions, tokens', async () => {
    await fly.ensureApp({ name: 'rest-1' })
    const ip = await fly.ensureIp('rest-1', { type: 'shared_v4' })
    expect(await fly.ensureIp('rest-1', { type: 'shared_v4' })).toEqual(ip)
    expect(await fly.ips.release('rest-1', ip.ip)).toBe('accepted')
    expect((await fly.platform.regions()).regions.map(({ code }) => code)).toContain('iad')
    expect((await fly.platform.placements({ count: 0 })).length).toBeGreaterThan(0)
    expect(await fly.apps.createDeployToken('rest-1', { expiry: '1h' })).toMatch(/\S/)
    expect((await fly.platform.currentToken()).length).toBeGreaterThan(0)
    await fly.ensureAppGone('rest-1')
  })

  test('rate limits are kept: a burst to one machine is spread out', async () => {
    await fly.ensureApp({ name: 'rate-1' })
    const { machine } = await fly.ensureMachine('rate-1', {
      name: 'm',
      region: 'iad',
      config: { ...config, checks: {} },
    })
    const reads = await Promise.all(Array.from({ length: 16 }, () => fly.machines.get('rate-1', machine.id)))
    expect(reads).toHaveLength(16)
    // Sent at once, six of them would be refused. The wire delays some, so that two may still arrive as one.
    const limited = sim.sim.calls.list({}).filter(({ status }) => status === 429)
    expect(limited.length).toBeLessThan(3)
    await fly.ensureAppGone('rate-1')
  })
})
