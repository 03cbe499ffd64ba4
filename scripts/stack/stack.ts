/**
 * The whole of Hangar on this machine, every part a process of its own.
 *
 * States: starting (stores → stand-in → API → worker, scheduler → courier) → running → stopping (the same backwards)
 * → stopped. A failure while starting stops what is there. Whatever ends this process, SIGKILL included, the
 * watchdog ends the rest.
 */
import { readdirSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  freePort,
  startAuthStandIn,
  startCourier,
  startProcess,
  temporaryFolder,
  watch,
  type AuthStandIn,
  type Delivery,
  type ManagedProcess,
} from '@hangar/testkit/local'
import { FLY_SIM_ENTRY, inRepository, SERVICE_ENTRIES, type ServiceName } from './programs.ts'
import {
  flySimArguments,
  inherited,
  newSecrets,
  serviceEnvironment,
  urlOf,
  webhookUrl,
  type Addresses,
  type Handover,
  type Secrets,
} from './settings.ts'
import { openDatabase, openRedis, prepareDatabase, type StoreEnvironment } from './stores.ts'

export type Stack = {
  readonly addresses: Addresses
  readonly secrets: Secrets
  /** Who may sign in (`DEMO_ADMINS`), and with which password. */
  readonly auth: AuthStandIn
  /** One log file per process. */
  readonly logFolder: string
  /** Where PostgreSQL and Redis are, for people. */
  readonly where: { postgres: string; redis: string }
  readonly services: ReadonlyMap<ServiceName | 'flySim', ManagedProcess>
  /** Stops the service and starts it anew with the same settings. Rejects when the new one does not get ready. */
  restart(name: ServiceName): Promise<void>
  stop(options?: { keepLogs?: boolean }): Promise<void>
}

export type StackOptions = {
  report: (line: string) => void
  onDelivery?: (delivery: Delivery) => void
  /** False: nobody carries the webhooks, so that whoever asks can start a courier, and stop it again. */
  courier?: boolean
  /** Where DATABASE_URL and REDIS_URL are looked up; default this process's own environment. */
  environment?: StoreEnvironment
  /** How a user's traders come to their app. Default: at once, without a shared backend. */
  handover?: Handover
  /** What a service is told beside or in the place of its usual environment, such as another FLY_SCREENER_IMAGE. */
  settings?: Partial<Record<ServiceName, Record<string, string>>>
  /** Makes the tables and the trigger. Default: as for the demo. */
  prepare?: typeof prepareDatabase
  /** Aborting it ends the start early. */
  signal?: AbortSignal
}

type Undo = { what: string; run: () => Promise<unknown> }

export async function startStack(options: StackOptions): Promise<Stack> {
  const undo: Undo[] = []
  const logFolder = await temporaryFolder('logs')
  const release = watch({ folders: [logFolder] })
  const stop = async ({ keepLogs = false } = {}) => {
    for (let next = undo.pop(); next; next = undo.pop()) {
      await next.run().catch((error: unknown) => options.report(`${next.what}: ${(error as Error).message}`))
    }
    if (!keepLogs) await rm(logFolder, { recursive: true, force: true })
    release()
  }
  try {
    const parts = await startParts(options, logFolder, undo)
    return Object.assign(parts, { logFolder, stop })
  } catch (error) {
    const nothingLogged = readdirSync(logFolder).length === 0
    await stop({ keepLogs: options.signal?.aborted !== true && !nothingLogged })
    throw error
  }
}

type Timed = ReturnType<typeof stopwatch>

/** What is not Hangar's own: PostgreSQL, Redis, and the accounts of those who may sign in. */
async function startSurroundings(options: StackOptions, undo: Undo[], timed: Timed) {
  const environment = options.environment ?? process.env
  const [database, redis] = await timed('PostgreSQL and Redis', () =>
    bothOrNeither(
      openDatabase(environment, options.report).then((store) => remember(undo, 'PostgreSQL', store)),
      openRedis(environment, options.report).then((store) => remember(undo, 'Redis', store)),
    ),
  )
  const auth = await startAuthStandIn({ connectionString: database.url })
  undo.push({ what: 'the stand-in for Supabase Auth', run: () => auth.stop() })
  return { database, redis, auth }
}

async function startParts(options: StackOptions, logFolder: string, undo: Undo[]) {
  const timed = stopwatch(options)
  const { database, redis, auth } = await startSurroundings(options, undo, timed)
  const secrets = newSecrets()
  const addresses: Addresses = {
    supabaseUrl: auth.url,
    databaseUrl: database.url,
    redisUrl: redis.url,
    queuePrefix: redis.prefix,
    ports: {
      api: await freePort(),
      worker: await freePort(),
      scheduler: await freePort(),
      flySim: await freePort(),
    },
  }
  await timed('tables and trigger', () =>
    (options.prepare ?? prepareDatabase)(database.url, {
      url: webhookUrl(addresses),
      secret: secrets.webhookSecret,
    }),
  )

  const running = new Map<ServiceName | 'flySim', ManagedProcess>()
  const start = async (name: ServiceName) => {
    const usual = serviceEnvironment(name, addresses, secrets, options.handover)
    const env = { ...usual, ...options.settings?.[name] }
    running.set(name, await startService(name, addresses, env, logFolder))
  }
  const startAndRemember = async (name: ServiceName) => {
    await start(name)
    undo.push({ what: name, run: () => the(running, name).stop() })
  }
  await timed('the stand-in for Fly.io', async () => {
    running.set('flySim', await startFlySim(addresses, secrets, logFolder))
    undo.push({ what: 'fly-sim', run: () => the(running, 'flySim').stop() })
  })
  await timed('api', () => startAndRemember('api'))
  await timed('worker and scheduler', () =>
    bothOrNeither(startAndRemember('worker'), startAndRemember('scheduler')),
  )
  if (options.courier !== false) {
    const { onDelivery } = options
    const courier = await startCourier({ connectionString: database.url, ...(onDelivery && { onDelivery }) })
    undo.push({ what: 'courier', run: () => courier.stop() })
  }

  return {
    addresses,
    secrets,
    auth,
    where: { postgres: database.where, redis: redis.where },
    services: running,
    restart: async (name: ServiceName) => {
      await the(running, name).stop()
      await start(name)
    },
  }
}

/** A failure waits for the other: what comes up after the clean-up would stay behind. */
async function bothOrNeither<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second])
  return Promise.all([first, second])
}

function remember<T extends { remove(): Promise<void> }>(undo: Undo[], what: string, store: T): T {
  undo.push({ what, run: () => store.remove() })
  return store
}

function the<Name>(running: Map<Name, ManagedProcess>, name: Name): ManagedProcess {
  const found = running.get(name)
  if (!found) throw new Error(`${String(name)} was not started`)
  return found
}

function startService(
  name: ServiceName,
  addresses: Addresses,
  env: Record<string, string>,
  logFolder: string,
) {
  return startProcess({
    name,
    entry: inRepository(SERVICE_ENTRIES[name]),
    env,
    cwd: inRepository('.'),
    logFile: join(logFolder, `${name}.log`),
    readyUrl: `${urlOf(addresses, name)}/readyz`,
    readyMs: 30_000,
    stopMs: 15_000,
  })
}

function startFlySim(addresses: Addresses, secrets: Secrets, logFolder: string) {
  return startProcess({
    name: 'fly-sim',
    entry: inRepository(FLY_SIM_ENTRY),
    args: flySimArguments(addresses, secrets),
    env: inherited(),
    cwd: inRepository('.'),
    logFile: join(logFolder, 'fly-sim.log'),
    readyUrl: `${urlOf(addresses, 'flySim')}/_sim/state`,
  })
}

/** Says how long each part took; stops between two parts when asked to. */
function stopwatch({ report, signal }: StackOptions) {
  return async <T>(what: string, run: () => Promise<T>): Promise<T> => {
    signal?.throwIfAborted()
    const startedAt = performance.now()
    const result = await run()
    report(`${what.padEnd(24)} ${String(Math.round(performance.now() - startedAt)).padStart(5)} ms`)
    return result
  }
}
