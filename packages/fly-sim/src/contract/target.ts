import { contractSettings } from '../config.ts'
import { startFlySim } from '../start.ts'
import { openApiJudge } from '../testing/openapi.ts'

/**
 * What the contract suite runs against: the stand-in, or real Fly in a scratch organisation. Against Fly it keeps to
 * the documented rate limits, cleans up after itself and after earlier runs that could not, and cannot spend much:
 * at most MOST_MACHINES of Fly's smallest machines, whose program ends by itself after ten minutes.
 */
export type Reply = { status: number; json: unknown; text: string }

export type Target = {
  kind: 'stand-in' | 'fly'
  org: string
  region: string
  /** Config of a machine that starts anywhere, costs next to nothing, and obeys SIGTERM. */
  config: Record<string, unknown>
  /** A name nobody has; begins with PREFIX. */
  newName(): string
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  /** What Fly's OpenAPI file says against the answers so far. */
  objections: string[]
  close(): Promise<void>
}

const PREFIX = 'hangar-contract-'
const MOST_MACHINES = 4
/** A little over one second for three calls, which the documented limits allow for every action. */
const PACE_MS = 400
const BUSY_PAUSE_MS = 2_000
const MOST_BUSY_REPLIES = 10

/** `init.exec` wakes once a second, so that SIGTERM reaches the shell; ten minutes are the whole life of it. */
const SLEEPER = [
  '/bin/sh',
  '-c',
  'trap "exit 0" TERM INT; i=0; while [ $i -lt 600 ]; do sleep 1; i=$((i+1)); done',
]

export async function openTarget(): Promise<Target> {
  const settings = contractSettings()
  const standIn = settings.target === 'stand-in' ? await startFlySim({ rateLimits: false }) : null
  const { baseUrl, token, org, region } =
    settings.target === 'fly'
      ? settings
      : { baseUrl: standIn?.url ?? '', token: standIn?.token ?? '', org: standIn?.org ?? '', region: 'iad' }
  const caller = new Caller(baseUrl, token, settings.target === 'fly' ? PACE_MS : 0)
  const call = caller.call.bind(caller)
  if (settings.target === 'fly') await deleteLeftovers(call, org)
  return {
    kind: settings.target,
    org,
    region,
    config: {
      image: 'registry-1.docker.io/library/busybox:1.36',
      guest: { cpu_kind: 'shared', cpus: 1, memory_mb: 256 },
      init: { exec: SLEEPER },
      restart: { policy: 'no' },
      stop_config: { signal: 'SIGTERM', timeout: '5s' },
    },
    newName: () => `${PREFIX}${Math.random().toString(36).slice(2, 12)}`,
    call,
    objections: caller.objections,
    async close() {
      if (settings.target === 'fly') await deleteLeftovers(call, org)
      await standIn?.stop()
    },
  }
}

class Caller {
  readonly #baseUrl: string
  readonly #token: string
  readonly #paceMs: number
  readonly #judge = openApiJudge()
  #machines = 0
  readonly objections: string[] = []

  constructor(baseUrl: string, token: string, paceMs: number) {
    this.#baseUrl = baseUrl
    this.#token = token
    this.#paceMs = paceMs
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    if (method === 'POST' && path.endsWith('/machines') && ++this.#machines > MOST_MACHINES) {
      throw new Error(`the contract suite may create ${MOST_MACHINES} machines and no more`)
    }
    for (let busy = 0; ; busy++) {
      if (this.#paceMs > 0) await pause(this.#paceMs)
      const reply = await this.#send(method, path, body, headers)
      if (reply.status !== 429 || busy === MOST_BUSY_REPLIES) return reply
      await pause(BUSY_PAUSE_MS)
    }
  }

  async #send(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<Reply> {
    const response = await fetch(this.#baseUrl + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== ''
    const json: unknown = isJson ? JSON.parse(text) : undefined
    const objection = this.#judge?.judgeResponse(method, path, response.status, json)
    if (objection != null) this.objections.push(objection)
    return { status: response.status, json, text }
  }
}

async function deleteLeftovers(call: Target['call'], org: string): Promise<void> {
  const { json } = await call('GET', `/v1/apps?org_slug=${org}`)
  const { apps = [] } = (json ?? {}) as { apps?: { name: string }[] }
  for (const { name } of apps)
    if (name.startsWith(PREFIX)) await call('DELETE', `/v1/apps/${name}?force=true`)
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
