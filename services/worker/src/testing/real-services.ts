/** Workers and schedulers as the processes that they are, on a database, a Redis and a stand-in of one test file. */
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { startFlySim, type FlySim } from '@hangar/fly-sim'
import { freePort, type ManagedProcess, startProcess, useTestDatabase, useTestRedis } from '@hangar/testkit'
import { afterAll, afterEach, beforeAll } from '@jest/globals'

const program = (service: string) =>
  fileURLToPath(new URL(`../../../${service}/src/main.ts`, import.meta.url))

/** `start` resolves when it is ready; whatever still runs is stopped after each test. */
export function useRealServices() {
  const database = useTestDatabase()
  const redis = useTestRedis()
  const running: ManagedProcess[] = []
  let sim: FlySim | undefined

  beforeAll(async () => {
    sim = await startFlySim({ orgs: ['vyx'], delays: 'none' })
  })
  afterEach(async () => {
    await Promise.all(running.splice(0).map((process) => process.stop()))
  })
  afterAll(() => sim?.stop())

  const flySim = () => {
    if (!sim) throw new Error('useRealServices: the stand-in exists only inside tests and hooks.')
    return sim
  }
  const start = async (service: 'worker' | 'scheduler'): Promise<ManagedProcess> => {
    const port = await freePort()
    const started = await startProcess({
      name: service,
      entry: program(service),
      readyUrl: `http://127.0.0.1:${port}/readyz`,
      env: {
        DATABASE_URL: database.url,
        REDIS_URL: redis.url,
        HANGAR_QUEUE_PREFIX: redis.prefix,
        PORT: String(port),
        HOST: '127.0.0.1',
        FLY_API_TOKEN: flySim().token,
        FLY_ORG_SLUG: 'vyx',
        FLY_DEFAULT_REGION: 'iad',
        FLY_API_BASE_URL: flySim().url,
        FLY_SCREENER_IMAGE: 'registry.example/screener:1',
        HANGAR_MASTER_KEY: randomBytes(32).toString('base64'),
        HANGAR_PUBLIC_URL: 'http://127.0.0.1:9',
      },
    })
    running.push(started)
    return started
  }
  return {
    database,
    redis,
    start,
    get sim() {
      return flySim()
    },
  }
}
