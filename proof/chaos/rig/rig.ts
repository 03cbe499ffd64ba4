/**
 * The system under test, all of it real processes: PostgreSQL and Redis that keep their data over a restart, the Fly
 * stand-in, two APIs behind a balancer, three workers, two schedulers; and between each service and each store a
 * link that can be cut.
 */
import { join } from 'node:path'
import {
  freePort,
  type LocalPostgres,
  type LocalRedis,
  startPostgres,
  startProcess,
  startRedis,
  temporaryFolder,
} from '@hangar/testkit/local'
import { FLY_SIM_ENTRY, inRepository, type ServiceName } from '../../../scripts/stack/programs.ts'
import {
  type Addresses,
  flySimArguments,
  inherited,
  newSecrets,
  type Secrets,
  serviceEnvironment,
} from '../../../scripts/stack/settings.ts'
import { prepareDatabase } from '../../../scripts/stack/stores.ts'
import { FlyDoor } from './fly.ts'
import { Link } from './link.ts'
import { Replica } from './replica.ts'

const REPLICAS: Readonly<Record<ServiceName, number>> = { api: 2, worker: 3, scheduler: 2 }
/** Every call of the longest campaign. */
const CALLS_KEPT = 2_000_000
/** Pretend machines: 200 real programs would not fit two cores. */
const IMAGE = 'registry.example/screener:1'
export const QUEUE_PREFIX = '{hangar}'

/** Intervals only: leases, call timeouts and retries are those of production. */
const INTERVALS = {
  GUARDS_INTERVAL_MS: '3000',
  DIFFERENCES_INTERVAL_MS: '2000',
  ORPHANS_INTERVAL_MS: '3000',
  HEALTH_INTERVAL_MS: '3000',
  COST_INTERVAL_MS: '5000',
  DRAIN_GRACE_MS: '4000',
}

export type Rig = {
  readonly logFolder: string
  readonly secrets: Secrets
  readonly postgres: LocalPostgres
  readonly redis: LocalRedis
  readonly fly: FlyDoor
  readonly replicas: readonly Replica[]
  /** Between each service and each store. */
  readonly links: readonly Link[]
  /** Where both APIs are reached. */
  readonly frontUrl: string
  /** Ends every process, in order. The logs stay. */
  stop(): Promise<void>
}

export type RigOptions = {
  webhookUrl: string
  /** Where an app is asked to drain, with `{app}`. */
  drainUrl: string
  say: (line: string) => void
  signal: AbortSignal
}

type Undo = (() => Promise<unknown>)[]

export async function startRig(options: RigOptions): Promise<Rig> {
  const undo: Undo = []
  const logFolder = await temporaryFolder('chaos')
  const stop = async () => {
    for (let next = undo.pop(); next; next = undo.pop()) await next().catch(() => undefined)
  }
  try {
    return { ...(await startParts(options, logFolder, undo)), logFolder, stop }
  } catch (error) {
    await stop()
    throw new Error(`the system did not start; its logs are in ${logFolder}`, { cause: error })
  }
}

async function startParts(options: RigOptions, logFolder: string, undo: Undo) {
  const { say, signal } = options
  const secrets = newSecrets()
  const postgres = await startPostgres({ durable: true })
  undo.push(() => postgres.stop())
  const redis = await startRedis({ appendOnly: true })
  undo.push(() => redis.stop())
  signal.throwIfAborted()
  await prepareDatabase(postgres.url, { url: options.webhookUrl, secret: secrets.webhookSecret })
  const flyPort = await startStandIn(secrets, logFolder, undo)
  signal.throwIfAborted()
  say('PostgreSQL, Redis and the stand-in are up')

  const replicas: Replica[] = []
  const links: Link[] = []
  const apiPorts = await Promise.all(Array.from({ length: REPLICAS.api }, freePort))
  const front = await openLink('apps–api', apiPorts, undo)
  const stores = { postgres, redis, flyPort }
  for (const service of ['api', 'worker', 'scheduler'] as const) {
    for (let index = 0; index < REPLICAS[service]; index++) {
      const name = `${service}-${index + 1}`
      const own = await linkTo(name, stores, undo)
      links.push(...Object.values(own).slice(0, service === 'worker' ? 3 : 2))
      const port = (service === 'api' ? apiPorts[index] : undefined) ?? (await freePort())
      const addresses = addressesOf(own, stores, { service, port, frontPort: front.port })
      const env = {
        ...serviceEnvironment(service, addresses, secrets),
        ...ownSettings(service, port, front.port, options),
      }
      replicas.push(new Replica({ name, service, port, env, logFolder }))
    }
  }
  undo.push(() => Promise.all(replicas.map((replica) => replica.stop())))
  await Promise.all(replicas.map((replica) => replica.start()))
  await Promise.all(replicas.map((replica) => replica.ready()))
  say(`${replicas.length} services are up`)
  const frontUrl = `http://127.0.0.1:${front.port}`
  return { secrets, postgres, redis, fly: new FlyDoor(flyPort), replicas, links, frontUrl }
}

async function startStandIn(secrets: Secrets, logFolder: string, undo: Undo): Promise<number> {
  const port = await freePort()
  const ports = { api: 0, worker: 0, scheduler: 0, flySim: port }
  const args = flySimArguments({ databaseUrl: '', redisUrl: '', queuePrefix: '', ports }, secrets)
  const standIn = await startProcess({
    name: 'fly-sim',
    entry: inRepository(FLY_SIM_ENTRY),
    args: [...args, '--calls', String(CALLS_KEPT)],
    env: inherited(),
    cwd: inRepository('.'),
    logFile: join(logFolder, 'fly-sim.1.log'),
    readyUrl: `http://127.0.0.1:${port}/_sim/health`,
  })
  undo.push(() => standIn.stop())
  return port
}

async function openLink(name: string, targets: readonly number[], undo: Undo): Promise<Link> {
  const link = await Link.open(name, targets)
  undo.push(() => link.close())
  return link
}

type Stores = { postgres: LocalPostgres; redis: LocalRedis; flyPort: number }
type OwnLinks = { postgres: Link; redis: Link; fly: Link }

async function linkTo(name: string, stores: Stores, undo: Undo): Promise<OwnLinks> {
  return {
    postgres: await openLink(`${name}–postgres`, [stores.postgres.port], undo),
    redis: await openLink(`${name}–redis`, [stores.redis.port], undo),
    fly: await openLink(`${name}–fly`, [stores.flyPort], undo),
  }
}

/** Every store is where this service's own link to it begins. */
function addressesOf(
  own: OwnLinks,
  stores: Stores,
  { service, port, frontPort }: { service: ServiceName; port: number; frontPort: number },
): Addresses {
  const databaseUrl = new URL(stores.postgres.url)
  databaseUrl.port = String(own.postgres.port)
  const ports = { api: frontPort, worker: 0, scheduler: 0, flySim: own.fly.port, [service]: port }
  const redisUrl = `redis://127.0.0.1:${own.redis.port}`
  return { databaseUrl: databaseUrl.href, redisUrl, queuePrefix: QUEUE_PREFIX, ports }
}

function ownSettings(service: ServiceName, port: number, frontPort: number, { drainUrl }: RigOptions) {
  return {
    ...INTERVALS,
    PORT: String(port),
    HANGAR_PUBLIC_URL: `http://127.0.0.1:${frontPort}`,
    ...(service === 'worker' && { FLY_SCREENER_IMAGE: IMAGE, DRAIN_URL_TEMPLATE: drainUrl }),
  }
}
