/**
 * Several replicas of every service, each a process of its own, on a database and a Redis that the caller brings: behind
 * a balancer, with the stand-in for Fly.io in this process and a courier that carries the trigger's webhooks.
 */
import { join } from 'node:path'
import { createDatabase, type Database } from '@hangar/db'
import { startFlySim, type FlySim } from '../../packages/fly-sim/src/index.ts'
import {
  freePort,
  startCourier,
  startProcess,
  temporaryFolder,
  watch,
  type Delivery,
  type ManagedProcess,
} from '@hangar/testkit/local'
import { rm } from 'node:fs/promises'
import { root } from '../lib/paths.ts'
import { SERVICE_ENTRIES, type ServiceName } from '../stack/programs.ts'
import { newSecrets, serviceEnvironment, type Addresses, type Secrets } from '../stack/settings.ts'
import { prepareDatabase } from '../stack/stores.ts'
import { startBalancer, type Balancer } from './balancer.ts'

/** Longer than the balancer needs to see that an API is about to end, on a slow machine too. */
const NOTICE_MS = 3_000
/** Pretend machines, whose checks pass: what runs in them is not what is tested. */
const IMAGE = 'registry.example/screener:1'

export type Replica = { readonly service: ServiceName; readonly port: number }

export type Fleet = {
  readonly db: Database
  readonly sim: FlySim
  readonly front: Balancer
  readonly replicas: readonly Replica[]
  readonly deliveries: readonly Delivery[]
  /** SIGTERM, its end in order, and a new one with the same settings until that is ready. Resolves with the exit code. */
  restart(replica: Replica): Promise<number>
  /** The process that is this replica now; null when it has ended. */
  pidOf(replica: Replica): number | null
  stop(): Promise<void>
}

export type FleetOptions = {
  databaseUrl: string
  redisUrl: string
  replicas?: Partial<Record<ServiceName, number>>
  settings?: Partial<Record<ServiceName, Record<string, string>>>
  /** Whose services run: of each service the first replica those of the first checkout, and so on. Default: this one's. */
  checkouts?: readonly string[]
}

type Undo = (() => Promise<unknown>)[]

export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const undo: Undo = []
  const stop = async () => {
    for (let next = undo.pop(); next; next = undo.pop()) await next().catch(() => undefined)
  }
  try {
    return { ...(await startParts(options, undo)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function startParts(options: FleetOptions, undo: Undo): Promise<Omit<Fleet, 'stop'>> {
  const { databaseUrl } = options
  const logFolder = await temporaryFolder('fleet')
  const release = watch({ folders: [logFolder] })
  undo.push(() => rm(logFolder, { recursive: true, force: true }).then(release))
  const secrets = newSecrets()
  const front = await startBalancer()
  undo.push(() => front.stop())
  const webhook = { url: `${front.url}/webhooks/supabase`, secret: secrets.webhookSecret }
  await prepareDatabase(databaseUrl, webhook)
  const sim = await startFlySim({ orgs: ['hangar-local'], tokens: [secrets.flyToken], delays: 'none' })
  undo.push(() => sim.stop())
  const db = createDatabase({ connectionString: databaseUrl, applicationName: 'hangar-test' })
  undo.push(() => db.destroy())

  const running = await startReplicas(options, { secrets, front, sim, logFolder }, undo)
  front.balance([...running.keys()].filter(({ service }) => service === 'api').map(({ port }) => port))
  const deliveries: Delivery[] = []
  const courier = await startCourier({
    connectionString: databaseUrl,
    onDelivery: (delivery) => deliveries.push(delivery),
  })
  undo.push(() => courier.stop())
  return {
    db,
    sim,
    front,
    deliveries,
    replicas: [...running.keys()],
    restart: async (replica) => {
      const life = running.get(replica) ?? never(replica)
      const code = await life.stop()
      await life.start()
      return code
    },
    pidOf: (replica) => running.get(replica)?.pid() ?? null,
  }
}

function never({ service, port }: Replica): never {
  throw new Error(`no ${service} of this fleet is on port ${port}`)
}

type Around = { secrets: Secrets; front: Balancer; sim: FlySim; logFolder: string }
type Life = { start(): Promise<void>; stop(): Promise<number>; pid(): number | null }

async function startReplicas(options: FleetOptions, around: Around, undo: Undo): Promise<Map<Replica, Life>> {
  const lives = new Map<Replica, Life>()
  for (const service of ['api', 'worker', 'scheduler'] as const) {
    for (let index = 0; index < (options.replicas?.[service] ?? 2); index++) {
      const replica = { service, port: await freePort() }
      lives.set(replica, lifeOf(replica, index, options, around))
    }
  }
  undo.push(() => Promise.all([...lives.values()].map((life) => life.stop())))
  await Promise.all([...lives.values()].map((life) => life.start()))
  return lives
}

function lifeOf({ service, port }: Replica, index: number, options: FleetOptions, around: Around): Life {
  const { checkouts = [root] } = options
  const checkout = checkouts[index % checkouts.length] ?? root
  const name = `${service}-${index + 1}`
  const logFile = join(around.logFolder, `${name}.log`)
  let current: ManagedProcess | undefined
  return {
    start: async () => {
      current = await startProcess({
        name,
        entry: join(checkout, SERVICE_ENTRIES[service]),
        cwd: checkout,
        env: environmentOf(service, port, options, around),
        logFile,
        readyUrl: `http://127.0.0.1:${port}/readyz`,
        readyMs: 60_000,
        stopMs: 30_000,
      })
    },
    stop: async () => (await current?.stop()) ?? 0,
    pid: () => (current?.running === true ? current.pid : null),
  }
}

function environmentOf(
  service: ServiceName,
  port: number,
  { databaseUrl, redisUrl, settings }: FleetOptions,
  { secrets, front, sim }: Around,
): Record<string, string> {
  const ports = { api: 0, worker: 0, scheduler: 0, flySim: 0, [service]: port }
  const addresses: Addresses = { databaseUrl, redisUrl, queuePrefix: '{hangar}', ports }
  return {
    ...serviceEnvironment(service, addresses, secrets),
    ...(service !== 'scheduler' && { HANGAR_PUBLIC_URL: front.url }),
    ...(service === 'api' && { SHUTDOWN_NOTICE_MS: String(NOTICE_MS) }),
    ...(service === 'worker' && {
      FLY_API_BASE_URL: sim.url,
      FLY_SCREENER_IMAGE: IMAGE,
      DRAIN_URL_TEMPLATE: '',
    }),
    ...settings?.[service],
  }
}
