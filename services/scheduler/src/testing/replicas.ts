/** Schedulers as the processes that they are, with a Redis of each test's own. */
import { fileURLToPath } from 'node:url'
import {
  closeQueues,
  closeRedis,
  createQueues,
  createRedis,
  SCHEDULES,
  type QueueName,
  type Queues,
} from '@hangar/jobs'
import {
  freePort,
  startProcess,
  startRedis,
  urlForService,
  useTestDatabase,
  waitFor,
  type LocalRedis,
  type ManagedProcess,
} from '@hangar/testkit'
import { afterEach, beforeEach } from '@jest/globals'

export type Replica = { process: ManagedProcess; ready(): Promise<number>; metrics(): Promise<string> }

export const SCHEDULER = fileURLToPath(new URL('../main.ts', import.meta.url))

/** `cleanups` are run after each test, the last first. */
export function useReplicas() {
  const database = useTestDatabase()
  const cleanups: (() => Promise<unknown>)[] = []
  let redis: LocalRedis
  let queues: Queues

  beforeEach(async () => {
    redis = await startRedis()
    cleanups.push(() => redis.stop())
    const producer = createRedis({ url: redis.url, role: 'producer', name: 'test' })
    queues = createQueues({ redis: producer })
    cleanups.push(() => closeRedis(producer))
    cleanups.push(() => closeQueues(queues))
  })
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).toReversed()) await cleanup()
  })

  const sumOfJobs = (name: QueueName) => queues[name].getJobCountByTypes('waiting', 'delayed', 'active')
  return {
    database,
    cleanups,
    sumOfJobs,
    get redis() {
      return redis
    },
    get queues() {
      return queues
    },
    /** Redis is gone without a word, until it is restarted where it was. */
    crashRedis: () => redis.crash(),
    restartRedis: async () => {
      redis = await startRedis({ port: redis.port })
    },
    start: async (env: Record<string, string> = {}): Promise<Replica> => {
      const port = await freePort()
      const address = `http://127.0.0.1:${port}`
      const process = await startProcess({
        name: 'scheduler',
        entry: SCHEDULER,
        env: {
          DATABASE_URL: urlForService(database.url, 'scheduler'),
          REDIS_URL: redis.url,
          PORT: String(port),
          LOG_LEVEL: 'debug',
          ...env,
        },
        readyUrl: `${address}/readyz`,
      })
      cleanups.push(() => process.stop())
      return {
        process,
        ready: async () => (await fetch(`${address}/readyz`)).status,
        metrics: async () => (await fetch(`${address}/metrics`)).text(),
      }
    },
    untilScheduled: (what: string) => untilScheduled(queues, what),
  }
}

const untilScheduled = (queues: Queues, what: string) =>
  waitFor(
    async () => {
      const found = await Promise.all(SCHEDULES.map(({ id, queue }) => queues[queue].getJobScheduler(id)))
      return found.every((schedule) => schedule !== undefined)
    },
    { timeoutMs: 6000, what },
  )
