/** What the tests of this package share: queues and workers on a prefix of their own, closed after the file. */
import { randomUUID } from 'node:crypto'

import { afterAll } from '@jest/globals'
import type { Lane } from '@hangar/core'

import { closeQueues, createQueues, type Queues } from './queues.ts'
import { closeRedis, createRedis, type RedisClient, type RedisRole } from './redis.ts'
import { createLaneWorker, createSweepWorker, type HangarWorker, type WorkerOptions } from './worker.ts'
import type { LaneJob } from './payloads.ts'

/** Lazily connected to `redis().url`; every connection, queue and worker made through it is closed at the end. */
export function useBench(redis: { readonly url: string }) {
  const cleanups: (() => Promise<unknown>)[] = []
  afterAll(async () => {
    for (const cleanup of cleanups.toReversed()) await cleanup()
  })

  const connect = async (role: RedisRole): Promise<RedisClient> => {
    const client = createRedis({ url: redis.url, role, name: `test-${role}` })
    cleanups.push(() => closeRedis(client))
    await new Promise<void>((resolve) => client.once('ready', () => resolve()))
    return client
  }
  const openQueues = async (prefix: string): Promise<Queues> => {
    const queues = createQueues({ redis: await connect('producer'), prefix })
    cleanups.push(() => closeQueues(queues))
    return queues
  }
  const startWorker = async (
    queues: Queues,
    process: WorkerOptions<LaneJob>['process'],
    options: Partial<WorkerOptions<LaneJob>> & { lane?: Lane } = {},
  ): Promise<HangarWorker> => {
    const { lane = 'provision', ...rest } = options
    const worker = createLaneWorker({
      queue: lane,
      redis: await connect('worker'),
      prefix: queues.prefix,
      concurrency: 5,
      process,
      ...rest,
    })
    cleanups.push(() => worker.close(500))
    return worker
  }
  const replicas = async (count: number): Promise<Queues[]> => {
    const prefix = uniquePrefix()
    return Promise.all(Array.from({ length: count }, () => openQueues(prefix)))
  }
  /** Starts a worker on the sweep queue that notes the id of each run; the id holds the time the run was due. */
  const startSweeper = async (
    queues: Queues,
    run: () => Promise<unknown> = () => Promise.resolve(),
  ): Promise<string[]> => {
    const ran: string[] = []
    const worker = createSweepWorker({
      queue: 'sweep',
      redis: await connect('worker'),
      prefix: queues.prefix,
      concurrency: 5,
      process: async (_data, { jobId }) => {
        ran.push(jobId)
        await run()
        return { kind: 'done' }
      },
    })
    cleanups.push(() => worker.close(500))
    return ran
  }
  return { connect, openQueues, startWorker, replicas, startSweeper, cleanups }
}

/** A prefix no other test uses; like the real one in braces, as a Redis Cluster needs it. */
export const uniquePrefix = (): string => `{test-${randomUUID()}}`

/** A promise to wait on, with the handle that ends the wait. */
export function gate(): { readonly opened: Promise<unknown>; open(): void } {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  return { opened: promise, open: () => resolve(undefined) }
}
