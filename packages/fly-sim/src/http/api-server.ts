/**
 * One request to the API, in the order in which Fly's own edge would treat it:
 * route → body → token → rate limit → fault instead of the call → the call → lease guard inside it → fault on the way
 * back → answer. Every request that has a route is in the call log, answered or not.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ROUTES } from '../api/routes.ts'
import { guardLease } from '../api/leases.ts'
import type { CallEntry } from '../call-log.ts'
import type { Fault, FaultTarget } from '../faults/faults.ts'
import { faultAnswer } from '../faults/kinds.ts'
import { ruleOf } from '../limits.ts'
import { draw } from '../settings.ts'
import type { Sim } from '../sim.ts'
import { type Answer, ApiError, unknownPath } from './answer.ts'
import { tokenOf, unauthorized } from './auth.ts'
import { readBody } from './body.ts'
import { Call } from './call.ts'
import { type Match, Router } from './router.ts'
import { misbehaveAfter, misbehaveBefore } from './wire-faults.ts'
import { send } from './send.ts'

export class ApiServer {
  readonly #sim: Sim
  readonly #router = new Router(ROUTES)

  constructor(sim: Sim) {
    this.#sim = sim
  }

  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    search: string,
  ): Promise<void> {
    const found = this.#router.find(request.method ?? 'GET', path)
    if (found === null) {
      send(response, unknownPath(), this.#requestId())
      return
    }
    if (found === 'method_not_allowed') {
      send(response, { status: 405 }, this.#requestId())
      return
    }
    const call = await this.#readCall(request, response, found, path, search)
    if (!call) return
    const entry = this.#log(call)
    response.once('close', () => this.#close(entry, response))
    const target = targetOf(this.#sim, call)
    const fault = this.#sim.faults.size > 0 ? this.#strike(target) : null
    if (fault) entry.fault = fault.kind
    const answer = await this.#apply(call, found, response, entry, fault)
    if (!answer || response.destroyed) return
    if (fault) return misbehaveAfter(this.#sim, fault, response, answer, entry, call.requestId)
    entry.status = answer.status
    send(response, answer, call.requestId)
  }

  /** Null: the fault ended the call before it was applied. */
  async #apply(
    call: Call,
    found: Match,
    response: ServerResponse,
    entry: CallEntry,
    fault: Fault | null,
  ): Promise<Answer | null> {
    try {
      if (fault && (await misbehaveBefore(this.#sim, fault, response, entry))) return null
      return await this.#answer(call, found, entry, fault)
    } finally {
      entry.settledAtMs = this.#sim.clock.nowMs()
    }
  }

  #strike(target: FaultTarget): Fault | null {
    return this.#sim.faults.strikeStage('wire', target) ?? this.#sim.faults.strikeStage('answer', target)
  }

  async #readCall(
    request: IncomingMessage,
    response: ServerResponse,
    found: Match,
    path: string,
    search: string,
  ): Promise<Call | null> {
    const requestId = this.#requestId()
    const body = request.method === 'GET' ? '' : await readBody(request)
    if (body === null) {
      send(response, { status: 413, json: { error: 'request body too large' } }, requestId)
      return null
    }
    return new Call({
      request,
      path,
      search,
      operation: found.route.operation,
      params: found.params,
      requestId,
      body,
      whenOver: (run) => void response.once('close', run),
    })
  }

  async #answer(call: Call, { route }: Match, entry: CallEntry, fault: Fault | null): Promise<Answer> {
    const sim = this.#sim
    const wait = sim.pause(draw(sim.delays.requestMs, sim.random))
    if (wait) await wait
    if (!route.open) {
      call.token = tokenOf(sim, call.header('authorization'))
      if (!call.token) return unauthorized(route.family)
      entry.token = call.token.id
    }
    const refused = this.#overLimit(call)
    if (refused) return refused
    if (fault) {
      const instead = faultAnswer(fault.kind, fault.params)
      if (instead) return instead
    }
    try {
      if (call.method !== 'GET' && call.token?.readOnly === true)
        throw new ApiError(403, 'permission_denied: the token is read-only')
      if (route.leased) this.#guardLease(call)
      const answer = await route.handle(sim, call)
      entry.applied = call.method !== 'GET' && answer.status < 400
      return answer
    } catch (error) {
      if (error instanceof ApiError) return error.answer
      throw error
    }
  }

  #guardLease(call: Call): void {
    const machine = this.#sim.world.apps.get(call.param('app'))?.machines.get(call.param('machine'))
    if (machine) guardLease(this.#sim, call, machine)
  }

  #overLimit(call: Call): Answer | null {
    const { limiter } = this.#sim
    if (!limiter.enabled) return null
    const limited = ruleOf(call.operation)
    if (!limited) return null
    const subject =
      limited.by === 'org'
        ? (this.#sim.world.apps.get(call.param('app'))?.orgSlug ?? '')
        : call.param(limited.by)
    if (limiter.take(`${call.operation} ${subject}`, limited.rule)) return null
    return new ApiError(429, 'resource_exhausted: rate limit exceeded').answer
  }

  #log(call: Call): CallEntry {
    return this.#sim.calls.begin({
      atMs: this.#sim.clock.nowMs(),
      requestId: call.requestId,
      method: call.method,
      path: call.path,
      operation: call.operation,
      app: appOfCall(call) || null,
      machine: call.params['machine'] ?? null,
      attempt: call.header('x-hangar-attempt') ?? null,
      token: null,
    })
  }

  #close(entry: CallEntry, response: ServerResponse): void {
    entry.endedAtMs = this.#sim.clock.nowMs()
    if (entry.outcome === 'open') entry.outcome = response.writableFinished ? 'answered' : 'caller_gone'
  }

  #requestId(): string {
    return `${this.#sim.random.ulid(this.#sim.clock.nowMs())}-sim`
  }
}

/** What a fault is matched against. */
function targetOf(sim: Sim, call: Call): FaultTarget {
  const app = appOfCall(call)
  const org = call.params['org'] ?? sim.world.apps.get(app)?.orgSlug ?? ''
  const machine = call.params['machine'] ?? ''
  return { operation: call.operation, method: call.method, app, machine, org }
}

/** The app that a call is about; creating one names it in the body, not in the path. */
function appOfCall(call: Call): string {
  if (call.operation !== 'apps.create') return call.params['app'] ?? ''
  try {
    const body = call.body('main.createAppRequest')
    return body.string('name') ?? body.string('app_name') ?? ''
  } catch {
    return ''
  }
}
