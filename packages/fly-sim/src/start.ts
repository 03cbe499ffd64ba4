import { randomInt } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ADMIN_PREFIX, handleAdmin } from './admin/admin.ts'
import type { AdminContext } from './admin/routes.ts'
import { realClock, type SimClock, virtualClock } from './clock.ts'
import { localSettings } from './config.ts'
import { ApiServer } from './http/api-server.ts'
import { APP_PREFIX, AppProxy } from './local/app-proxy.ts'
import { isLocal, LocalRunner } from './local/local-runner.ts'
import { LogStore } from './local/log-store.ts'
import { type DelayPreset, type Delays, delaysOf, type Quotas } from './settings.ts'
import { Sim } from './sim.ts'

export const DEFAULT_TOKEN = 'fly-sim-token'
export const DEFAULT_ORG = 'personal'

export type TokenOption = string | { token: string; orgs?: string[]; app?: string; readOnly?: boolean }

export type FlySimOptions = {
  /** 0 or absent: a free port. */
  port?: number
  /** Absent: the admin calls are served on the same port. 0: a free port of their own. */
  adminPort?: number
  /** Address to listen on, default 127.0.0.1. */
  host?: string
  /** A plain string is good for every organisation. Default: one, DEFAULT_TOKEN. */
  tokens?: TokenOption[]
  /** Slugs. Default: one, DEFAULT_ORG. */
  orgs?: string[]
  /** A preset, or some delays to replace those of `brisk`. Default brisk. */
  delays?: DelayPreset | Partial<Delays>
  /** Fly's documented limits, enforced with 429. Default true. */
  rateLimits?: boolean
  quotas?: Partial<Quotas>
  /** Same seed, same ids, delays and faults. Default: drawn. */
  seed?: number
  /** `virtual`: time moves only by POST /_sim/clock or `sim.clock.advance()`. Default real. */
  clock?: 'real' | 'virtual' | SimClock
  /** Where `local:` commands run. Default: the working directory. */
  cwd?: string
  /** Calls kept in the call log, default 50,000. */
  callLogSize?: number
}

export type FlySim = {
  /** `http://127.0.0.1:<port>`, to be used as FLY_API_BASE_URL. */
  url: string
  /** The admin calls are at `${adminUrl}/_sim/…`. */
  adminUrl: string
  token: string
  org: string
  /** The inside, for callers in the same process. */
  sim: Sim
  stop(): Promise<void>
}

/** Starts a stand-in in this process. */
export async function startFlySim(options: FlySimOptions = {}): Promise<FlySim> {
  const sim = buildSim(options)
  const logs = new LogStore()
  const runner = new LocalRunner(sim, logs, localSettings(options.cwd), (machine, exit) =>
    sim.lifecycle.exited(machine, exit),
  )
  // After an update the image may be another kind than what still runs.
  sim.lifecycle.runnerOf = (machine) => {
    if (runner.isRunning(machine)) return runner
    return isLocal(machine) && !sim.lifecycle.pretend.isRunning(machine) ? runner : null
  }
  const endPrograms = async () => {
    sim.lifecycle.clear()
    await sim.lifecycle.pretend.shutdown()
    await runner.shutdown()
  }
  const context = {
    sim,
    logs,
    runner,
    async reset(seed?: number) {
      await endPrograms()
      sim.reset(seed)
      logs.clear()
    },
  }
  const { serveApi, serveAdmin } = handlers(context, options.adminPort !== undefined)
  const host = options.host ?? '127.0.0.1'
  const ports = [{ serve: serveApi, port: options.port ?? 0 }]
  if (options.adminPort !== undefined) ports.push({ serve: serveAdmin, port: options.adminPort })
  const servers = await listenAll(ports, host)
  return {
    url: urlOf(servers[0], host),
    adminUrl: urlOf(servers.at(-1), host),
    token: firstToken(options),
    org: options.orgs?.[0] ?? DEFAULT_ORG,
    sim,
    async stop() {
      await endPrograms()
      sim.clock.stop()
      await Promise.all(servers.map(close))
    },
  }
}

/** What each port serves. `adminApart`: the admin calls have a port of their own. */
function handlers(context: AdminContext, adminApart: boolean) {
  const api = new ApiServer(context.sim)
  const proxy = new AppProxy(context.sim, context.runner)
  const serveAdmin = (request: IncomingMessage, response: ServerResponse) => {
    const { path, search } = splitUrl(request)
    handleAdmin(context, request, response, path, search).catch((error: unknown) => {
      crash(response, error)
    })
  }
  const serveApi = (request: IncomingMessage, response: ServerResponse) => {
    const { path, search } = splitUrl(request)
    if (path.startsWith(APP_PREFIX)) proxy.handle(request, response, path, search)
    else if (!adminApart && isAdminPath(path)) serveAdmin(request, response)
    else {
      api.handle(request, response, path, search).catch((error: unknown) => {
        crash(response, error)
      })
    }
  }
  return { serveApi, serveAdmin }
}

/** The inside alone, without its wire. */
export function buildSim(options: FlySimOptions): Sim {
  const clock =
    options.clock === 'virtual'
      ? virtualClock()
      : options.clock === undefined || options.clock === 'real'
        ? realClock()
        : options.clock
  const sim = new Sim({
    clock,
    seed: options.seed ?? randomInt(0x7fff_ffff),
    delays: delaysOf(options.delays),
    rateLimits: options.rateLimits ?? true,
    ...(options.quotas && { quotas: options.quotas }),
    ...(options.callLogSize !== undefined && { callLogSize: options.callLogSize }),
  })
  for (const slug of options.orgs ?? [DEFAULT_ORG]) sim.world.addOrg(slug)
  for (const option of options.tokens ?? [DEFAULT_TOKEN]) {
    const given = typeof option === 'string' ? { token: option } : option
    for (const slug of given.orgs ?? []) sim.world.addOrg(slug)
    sim.world.addToken({
      value: given.token,
      id: sim.random.hex(8),
      orgs: given.orgs ?? null,
      app: given.app ?? null,
      readOnly: given.readOnly ?? false,
      expiresAtMs: null,
    })
  }
  return sim
}

function firstToken(options: FlySimOptions): string {
  const first = options.tokens?.[0] ?? DEFAULT_TOKEN
  return typeof first === 'string' ? first : first.token
}

const isAdminPath = (path: string) => path === ADMIN_PREFIX || path.startsWith(`${ADMIN_PREFIX}/`)

function splitUrl(request: IncomingMessage): { path: string; search: string } {
  const url = request.url ?? '/'
  const mark = url.indexOf('?')
  return mark < 0 ? { path: url, search: '' } : { path: url.slice(0, mark), search: url.slice(mark) }
}

/** A bug of the stand-in must look like one, not like Fly. */
function crash(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy()
  response.writeHead(500, { 'content-type': 'text/plain', 'x-fly-sim-bug': 'true' })
  response.end(error instanceof Error ? (error.stack ?? error.message) : String(error))
}

type Serve = (request: IncomingMessage, response: ServerResponse) => void

/** All or none: where one port is taken, nothing is left listening. */
async function listenAll(ports: readonly { serve: Serve; port: number }[], host: string): Promise<Server[]> {
  const servers: Server[] = []
  try {
    for (const { serve, port } of ports) servers.push(await listen(serve, host, port))
    return servers
  } catch (error) {
    await Promise.all(servers.map(close))
    throw error
  }
}

async function listen(serve: Serve, host: string, port: number): Promise<Server> {
  const server = createServer({ keepAlive: true }, serve)
  // A wait lasts up to 60 s, and a stand-in has no reason to hurry anybody.
  server.requestTimeout = 0
  server.keepAliveTimeout = 65_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return server
}

function urlOf(server: Server | undefined, host: string): string {
  const { port } = server?.address() as AddressInfo
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
}
