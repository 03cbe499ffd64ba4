import { afterAll, afterEach, beforeAll, expect } from '@jest/globals'
import { type FlySim, type FlySimOptions, startFlySim } from '../start.ts'
import { openApiJudge } from './openapi.ts'

const judge = openApiJudge()
if (!judge)
  process.stderr.write(
    "SKIPPED: FLY_OPENAPI_FILE is not set, so no answer is held against Fly's OpenAPI file.\n",
  )

export type Reply = { status: number; json: unknown; text: string; headers: Headers }

/** A stand-in for one test file. Whatever it answers is held against Fly's OpenAPI file. */
export class SimUnderTest {
  readonly running: FlySim
  /** What the OpenAPI file says against the answers so far. */
  readonly objections: string[] = []

  constructor(running: FlySim) {
    this.running = running
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const response = await fetch(this.running.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.running.token}`,
        'content-type': 'application/json',
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const isJson = response.headers.get('content-type')?.includes('json') ?? false
    const reply: Reply = {
      status: response.status,
      json: isJson ? JSON.parse(text) : undefined,
      text,
      headers: response.headers,
    }
    this.#judge(method, path, body, reply)
    return reply
  }

  /** As call, for calls that must succeed; gives the body. */
  async must<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<T> {
    const reply = await this.call(method, path, body, headers)
    if (reply.status >= 300) throw new Error(`${method} ${path} answered ${reply.status}: ${reply.text}`)
    return reply.json as T
  }

  async admin<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.running.adminUrl}/_sim/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!response.ok)
      throw new Error(`${method} /_sim/${path} answered ${response.status}: ${await response.text()}`)
    return (await response.json()) as T
  }

  async app(name: string): Promise<string> {
    await this.must('POST', '/v1/apps', { name, org_slug: this.running.org, network: name })
    return name
  }

  /** A machine that was created in the app; `config` replaces parts of a small one. */
  async machine(
    app: string,
    config: Record<string, unknown> = {},
    rest: Record<string, unknown> = {},
  ): Promise<MachineReply> {
    return this.must('POST', `/v1/apps/${app}/machines`, {
      region: 'iad',
      config: { image: 'registry.example/app:1', ...config },
      ...rest,
    })
  }

  async startedMachine(
    app: string,
    config: Record<string, unknown> = {},
    rest: Record<string, unknown> = {},
  ): Promise<MachineReply> {
    const machine = await this.machine(app, config, rest)
    await this.waitFor(app, machine.id, 'started')
    return machine
  }

  async waitFor(app: string, id: string, state: string): Promise<void> {
    await this.must('GET', `/v1/apps/${app}/machines/${id}/wait?state=${state}&timeout=30`)
  }

  get(app: string, id: string): Promise<MachineReply> {
    return this.must('GET', `/v1/apps/${app}/machines/${id}`)
  }

  fault(spec: Record<string, unknown>): Promise<{ id: number }> {
    return this.admin('POST', 'faults', spec)
  }

  #judge(method: string, path: string, body: unknown, reply: Reply): void {
    if (!judge || reply.headers.get('x-fly-sim-bug')) return
    const said = judge.judgeResponse(method, path, reply.status, reply.json)
    if (said !== null) this.objections.push(said)
    if (reply.status >= 400 || body === undefined || typeof body === 'string') return
    const sent = judge.judgeRequest(method, path, body)
    if (sent !== null) this.objections.push(sent)
  }
}

export type MachineReply = {
  id: string
  name: string
  state: string
  region: string
  instance_id: string
  nonce?: string
  host_status?: string
  config?: Record<string, unknown>
  incomplete_config?: Record<string, unknown>
  checks?: { name: string; status: string; output: string }[]
  events?: { type: string; status: string; timestamp: number; request: Record<string, unknown> | null }[]
  cordoned?: boolean
  lease?: Record<string, unknown>
}

/**
 * Starts a stand-in before the tests of a file and stops it after them. After each test, every answer it gave must have
 * fitted Fly's OpenAPI file, except where the test spoils answers on purpose (`judged: false`).
 */
export function useSim(options: FlySimOptions & { judged?: boolean } = {}): SimUnderTest {
  const { judged = true, ...rest } = options
  let under: SimUnderTest | null = null
  beforeAll(async () => {
    under = new SimUnderTest(await startFlySim({ delays: 'none', rateLimits: false, seed: 1, ...rest }))
  })
  afterEach(() => {
    const objections = under?.objections.splice(0) ?? []
    if (judged) expect(objections).toEqual([])
  })
  afterAll(() => under?.running.stop())
  return new Proxy({} as SimUnderTest, {
    get: (_, key) => {
      if (!under) throw new Error('the stand-in is there only inside tests')
      const value: unknown = Reflect.get(under, key)
      return typeof value === 'function' ? (value.bind(under) as unknown) : value
    },
  })
}
