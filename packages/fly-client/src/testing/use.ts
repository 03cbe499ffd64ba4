import { afterEach, beforeEach } from '@jest/globals'

import {
  createFlyClient,
  type FlyClient,
  type FlyClientOptions,
  type FlyError,
  isFlyError,
} from '../index.ts'
import { quickClock, type QuickClock } from './clock.ts'
import { startServer, type TestServer } from './server.ts'

export const TOKEN = 'FlyV1 fm2_a-secret-token-of-ours'

export interface Bench {
  server: TestServer
  fly: FlyClient
  clock: QuickClock
  /** Another client on the same server. */
  client(options?: Partial<FlyClientOptions>): FlyClient
}

/** A server and a client for each test. Time is quick, chance is 0.5, the buckets of the rate limit are off. */
export function useBench(defaults: Partial<FlyClientOptions> = {}): Bench {
  const bench = {} as Bench
  let clients: FlyClient[] = []
  beforeEach(async () => {
    bench.server = await startServer()
    bench.clock = quickClock()
    bench.client = (options = {}) => {
      const client = createFlyClient({
        baseUrl: bench.server.url,
        token: TOKEN,
        orgSlug: 'acme',
        clock: bench.clock,
        random: () => 0.5,
        rateLimits: false,
        ...defaults,
        ...options,
      })
      clients.push(client)
      return client
    }
    bench.fly = bench.client()
  })
  afterEach(async () => {
    await bench.server.stop()
    await Promise.all(clients.map((client) => client.close()))
    clients = []
  })
  return bench
}

/** The FlyError that the call fails with. */
export async function failureOf(call: Promise<unknown>): Promise<FlyError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isFlyError(error)) throw new Error(`expected a FlyError, got ${String(error)}`)
  return error
}

/** A machine as Fly answers it. */
export function machineBody(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: '1857156b526987',
    name: 'm-1',
    state: 'started',
    region: 'iad',
    instance_id: '01H5JC0QK4ZRS7V6ZJ7AW3YQ0B',
    private_ip: 'fdaa:0:1::2',
    config: {
      image: 'registry.fly.io/x@sha256:1',
      env: { A: '1' },
      metadata: { owner: 'u1' },
      guest: { cpus: 2 },
    },
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:10Z',
    events: null,
    checks: null,
    host_status: 'ok',
    ...changes,
  }
}
