/**
 * Several real Redis servers that stand in for each other, for what happens when one is lost:
 *
 *   startRedisSentinel   one master with a replica, watched by three sentinels
 *   startRedisCluster    three masters, each with a replica
 *
 * A server that was killed stays away until `revive`; a frozen one keeps its connections and answers nothing.
 */
import type { Redis } from 'ioredis'
import { freePort } from './free-port.ts'
import { askRedis as on, REDIS_PASSWORD, startRedisMember, type RedisMember } from './redis-member.ts'
import { waitFor } from './wait-for.ts'

export type RedisGroup = {
  /** As REDIS_URL wants it. */
  readonly url: string
  /** The server that takes the writes to `key` now. */
  masterOf(key: string): Promise<RedisMember>
  stop(): Promise<void>
}

const MASTER = 'hangar'
/** How long a master may be silent before it is given up; in production seconds more. */
const GIVE_UP_MS = 2_000
const READY_MS = 20_000
const SECRET = encodeURIComponent(REDIS_PASSWORD)

/** One master, one replica, three sentinels of which two have to agree. */
export async function startRedisSentinel(): Promise<RedisGroup> {
  return group(async (start) => {
    const first = await start(['--save', ''])
    const second = await start(['--save', '', '--replicaof', `127.0.0.1 ${first.port}`])
    await inStep([second])
    const config = [
      `sentinel monitor ${MASTER} 127.0.0.1 ${first.port} 2`,
      `sentinel down-after-milliseconds ${MASTER} ${GIVE_UP_MS}`,
      `sentinel auth-pass ${MASTER} ${REDIS_PASSWORD}`,
      `sentinel failover-timeout ${MASTER} 5000`,
      `sentinel parallel-syncs ${MASTER} 1`,
      `requirepass ${REDIS_PASSWORD}`,
    ].join('\n')
    const sentinels = [await start([], config), await start([], config), await start([], config)]
    const ports = sentinels.map(({ port }) => port)
    await waitFor(
      () =>
        Promise.all(ports.map((port) => on(port, (redis) => knowsTheOthers(redis)))).then((each) =>
          each.every(Boolean),
        ),
      { what: 'the sentinels to know each other and the replica', timeoutMs: READY_MS },
    )
    return {
      url: `redis+sentinel://:${SECRET}@${listed(ports)}/${MASTER}?sentinel_password=${SECRET}`,
      masterPort: () =>
        on(ports[0] ?? 0, async (redis) => {
          const [, port] = (await redis.call('sentinel', 'get-master-addr-by-name', MASTER)) as string[]
          return Number(port)
        }),
    }
  })
}

/** A replica that never had all of its master's data cannot take its place. */
async function inStep(replicas: readonly RedisMember[]): Promise<void> {
  await waitFor(async () => (await Promise.all(replicas.map((one) => one.isInStep()))).every(Boolean), {
    what: 'the replicas to be in step',
    timeoutMs: READY_MS,
  })
}

async function knowsTheOthers(sentinel: Redis): Promise<boolean> {
  const flat = (await sentinel.call('sentinel', 'master', MASTER)) as string[]
  const told = (name: string) => Number(flat[flat.indexOf(name) + 1])
  return told('num-slaves') === 1 && told('num-other-sentinels') === 2
}

const SLOTS = 16_384

/** Three masters share the slots; behind each is a replica. */
export async function startRedisCluster(): Promise<RedisGroup> {
  return group(async (start) => {
    const settings = ['--save', '', '--cluster-enabled', 'yes', '--cluster-node-timeout', String(GIVE_UP_MS)]
    const starts = Array.from({ length: 6 }, async () => {
      // Its own choice, 10 000 above the other, lies where the kernel gives out ports to anybody.
      const bus = await freePort()
      return { bus, member: await start([...settings, '--cluster-port', String(bus)]) }
    })
    // Whoever fails, the others are up and known before anything is stopped.
    await Promise.allSettled(starts)
    const started = await Promise.all(starts)
    const members = started.map(({ member }) => member)
    const ports = members.map(({ port }) => port)
    const first = ports[0] ?? 0
    for (const { bus, member } of started.slice(1))
      await on(first, (redis) => redis.cluster('MEET', '127.0.0.1', member.port, bus))
    const masters = ports.slice(0, 3)
    for (const [index, port] of masters.entries()) await on(port, (redis) => addSlots(redis, index))
    await waitFor(async () => (await nodes(first)).length === 6, {
      what: 'the nodes to know each other',
      timeoutMs: READY_MS,
    })
    for (const [index, port] of ports.slice(3).entries()) {
      const id = await on(masters[index] ?? 0, (redis) => redis.cluster('MYID'))
      await waitFor(() => on(port, (redis) => redis.cluster('REPLICATE', id)), {
        what: 'a replica to find its master',
        timeoutMs: READY_MS,
      })
    }
    const isWhole = (port: number) =>
      on(port, async (redis) => {
        const info = await redis.cluster('INFO')
        return info.includes('cluster_state:ok') && (await nodes(port)).every(({ linked }) => linked)
      })
    await waitFor(async () => (await Promise.all(ports.map(isWhole))).every(Boolean), {
      what: 'the cluster to be whole',
      timeoutMs: READY_MS,
    })
    await inStep(members.slice(3))
    return {
      url: `redis+cluster://:${SECRET}@${listed(ports)}`,
      masterPort: (key, alive) => masterOfKey(alive, key),
    }
  })
}

function addSlots(redis: Redis, index: number): Promise<unknown> {
  const from = Math.floor((index * SLOTS) / 3)
  const to = Math.floor(((index + 1) * SLOTS) / 3)
  return redis.cluster('ADDSLOTS', ...Array.from({ length: to - from }, (_, slot) => from + slot))
}

type NodeLine = { port: number; linked: boolean }

async function nodes(port: number): Promise<NodeLine[]> {
  const text = (await on(port, (redis) => redis.call('cluster', 'nodes'))) as string
  return text
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .map(([, address = '', flags = '', , , , , link]) => ({
      port: Number(/:(\d+)@/.exec(address)?.[1]),
      linked: link === 'connected' && !/handshake|fail/.test(flags),
    }))
}

async function masterOfKey(alive: readonly number[], key: string): Promise<number> {
  for (const port of alive) {
    const found = await on(port, async (redis) => {
      const slot = await redis.cluster('KEYSLOT', key)
      const ranges = await redis.cluster('SLOTS')
      return ranges.find(([from, to]) => from <= slot && slot <= to)?.[2]?.[1]
    }).catch(() => undefined)
    if (found !== undefined) return found
  }
  throw new Error(`no node of the cluster knows whose ${key} is`)
}

const listed = (ports: readonly number[]): string => ports.map((port) => `127.0.0.1:${port}`).join(',')

type Start = (flags: string[], config?: string) => Promise<RedisMember>
type Formed = { url: string; masterPort: (key: string, alive: readonly number[]) => Promise<number> }

async function group(form: (start: Start) => Promise<Formed>): Promise<RedisGroup> {
  const members = new Map<number, RedisMember & { readonly answers: boolean }>()
  const stop = async () => {
    await Promise.all([...members.values()].map((member) => member.stop()))
  }
  try {
    const { url, masterPort } = await form(async (flags, config) => {
      const member = await startRedisMember(flags, config)
      members.set(member.port, member)
      return member
    })
    return {
      url,
      masterOf: async (key) => {
        const alive = [...members.values()].filter(({ answers }) => answers).map(({ port }) => port)
        const port = await masterPort(key, alive)
        const found = members.get(port)
        if (!found) throw new Error(`there is no server on port ${port}`)
        return found
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
