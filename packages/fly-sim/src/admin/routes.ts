import { z } from 'zod'
import { FAULT_KINDS, isFaultKind } from '../faults/kinds.ts'
import type { FaultKind } from '../faults/kinds.ts'
import type { LocalRunner } from '../local/local-runner.ts'
import type { LogStore } from '../local/log-store.ts'
import { DELAY_NAMES, DELAY_PRESETS, DELAYS, delaysOf } from '../settings.ts'
import type { Sim, SimDump } from '../sim.ts'
import { MACHINE_STATES } from '../world/types.ts'
import { appState, machineState, stateOf } from './state.ts'

export type AdminContext = {
  sim: Sim
  logs: LogStore
  runner: LocalRunner
  reset: (seed?: number) => Promise<void>
}
type Asked = { params: Record<string, string>; query: URLSearchParams; body: unknown }
type AdminRoute = {
  method: string
  /** As shown to people. */
  shown: string
  pattern: RegExp
  handle: (context: AdminContext, asked: Asked) => unknown
}

const number = (text: string | null) => (text === null || text === '' ? undefined : Number(text))

const delay = z.union([z.number().min(0), z.tuple([z.number().min(0), z.number().min(0)])])
const delaysBody = z.union([
  z.strictObject({ preset: z.enum(DELAY_PRESETS as ['none', 'brisk', 'realistic']) }),
  z.partialRecord(z.enum(DELAY_NAMES as [(typeof DELAY_NAMES)[number]]), delay),
])

const faultBody = z.strictObject({
  kind: z.string().refine(isFaultKind, { error: 'unknown kind, see GET /_sim/faults' }),
  match: z
    .strictObject({
      operation: z.string(),
      method: z.string(),
      app: z.string(),
      machine: z.string(),
      org: z.string(),
      region: z.string(),
    })
    .partial()
    .optional(),
  probability: z.number().min(0).max(1).optional(),
  count: z.int().min(0).optional(),
  skip: z.int().min(0).optional(),
  params: z
    .record(
      z.string(),
      z.union([z.string(), z.number(), z.boolean(), z.null(), z.record(z.string(), z.unknown())]),
    )
    .optional(),
  seed: z.int().optional(),
})

const limitsBody = z.strictObject({
  rateLimits: z.boolean().optional(),
  appsPerOrg: z.int().nullable().optional(),
  machinesPerOrg: z.int().nullable().optional(),
  memoryMbPerRegion: z.int().nullable().optional(),
})

/** Zod's partial records allow undefined; what is absent must stay absent. */
const defined = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined))

export const ADMIN_ROUTES: readonly AdminRoute[] = [
  { method: 'GET', shown: '/_sim/health', pattern: /^health$/u, handle: () => ({ ok: true }) },
  {
    method: 'GET',
    shown: '/_sim/process',
    pattern: /^process$/u,
    handle: () => ({
      pid: process.pid,
      rssBytes: process.memoryUsage().rss,
      heapUsedBytes: process.memoryUsage().heapUsed,
    }),
  },
  {
    method: 'GET',
    shown: '/_sim/state?app=',
    pattern: /^state$/u,
    handle: ({ sim, runner }, { query }) => stateOf(sim, runner, query.get('app') ?? undefined),
  },
  {
    method: 'GET',
    shown: '/_sim/apps/<app>',
    pattern: /^apps\/(?<app>[^/]+)$/u,
    handle: ({ sim, runner }, { params }) => appState(sim, runner, params['app'] ?? ''),
  },
  {
    method: 'GET',
    shown: '/_sim/calls?after=&app=&operation=&method=&limit=',
    pattern: /^calls$/u,
    handle: ({ sim }, { query }) => {
      const text = (name: string) => query.get(name) ?? undefined
      const filter = {
        after: number(query.get('after')),
        app: text('app'),
        operation: text('operation'),
        method: text('method'),
        limit: number(query.get('limit')),
      }
      return { calls: sim.calls.list(defined(filter)), lastSeq: sim.calls.lastSeq }
    },
  },
  {
    method: 'DELETE',
    shown: '/_sim/calls',
    pattern: /^calls$/u,
    handle: ({ sim }) => (sim.calls.clear(), { ok: true }),
  },
  {
    method: 'GET',
    shown: '/_sim/faults',
    pattern: /^faults$/u,
    handle: ({ sim }) => ({
      active: sim.faults.list(),
      strikes: Object.fromEntries(sim.faults.strikes),
      kinds: faultCatalogue(),
    }),
  },
  {
    method: 'POST',
    shown: '/_sim/faults',
    pattern: /^faults$/u,
    handle: ({ sim }, { body }) => {
      const { kind, match, ...rest } = faultBody.parse(body)
      const fault = sim.faults.add({ kind: kind, ...defined(rest), ...(match && { match: defined(match) }) })
      const forMs = fault.params['forMs']
      if (typeof forMs === 'number') sim.clock.after(forMs, () => void sim.faults.remove(fault.id))
      return fault
    },
  },
  {
    method: 'DELETE',
    shown: '/_sim/faults',
    pattern: /^faults$/u,
    handle: ({ sim }) => (sim.faults.clear(), { ok: true }),
  },
  {
    method: 'DELETE',
    shown: '/_sim/faults/<id>',
    pattern: /^faults\/(?<id>\d+)$/u,
    handle: ({ sim }, { params }) => ({ ok: sim.faults.remove(Number(params['id'])) }),
  },
  {
    method: 'GET',
    shown: '/_sim/delays',
    pattern: /^delays$/u,
    handle: ({ sim }) => ({ delays: sim.delays, meaning: delayMeanings() }),
  },
  {
    method: 'POST',
    shown: '/_sim/delays',
    pattern: /^delays$/u,
    handle: ({ sim }, { body }) => {
      const wanted = delaysBody.parse(body)
      sim.delays = 'preset' in wanted ? delaysOf(wanted.preset) : delaysOf(defined(wanted), sim.delays)
      return { delays: sim.delays }
    },
  },
  { method: 'GET', shown: '/_sim/limits', pattern: /^limits$/u, handle: ({ sim }) => limitsOf(sim) },
  {
    method: 'POST',
    shown: '/_sim/limits',
    pattern: /^limits$/u,
    handle: ({ sim }, { body }) => {
      const { rateLimits, ...quotas } = limitsBody.parse(body)
      if (rateLimits !== undefined) sim.limiter.enabled = rateLimits
      sim.quotas = { ...sim.quotas, ...defined(quotas) }
      return limitsOf(sim)
    },
  },
  {
    method: 'POST',
    shown: '/_sim/tokens',
    pattern: /^tokens$/u,
    handle: ({ sim }, { body }) => {
      const { token, accepted } = z
        .strictObject({ token: z.string().min(1), accepted: z.boolean() })
        .parse(body)
      if (!accepted) return { ok: sim.world.tokens.delete(token) }
      const likeOthers = [...sim.world.tokens.values()][0]
      if (!likeOthers) throw new Error('there is no token that the new one could be like')
      sim.world.addToken({ ...likeOthers, value: token, id: `token-${sim.world.tokens.size + 1}` })
      return { ok: true }
    },
  },
  {
    method: 'GET',
    shown: '/_sim/logs/<app>',
    pattern: /^logs\/(?<app>[^/]+)$/u,
    handle: ({ logs }, { params }) => ({ lines: logs.list(params['app'] ?? '') }),
  },
  { method: 'GET', shown: '/_sim/clock', pattern: /^clock$/u, handle: ({ sim }) => clockOf(sim) },
  {
    method: 'POST',
    shown: '/_sim/clock',
    pattern: /^clock$/u,
    handle: async ({ sim }, { body }) => {
      const { advanceMs, jumpMs } = z
        .strictObject({ advanceMs: z.number().min(0).optional(), jumpMs: z.number().optional() })
        .parse(body)
      if (jumpMs !== undefined) sim.clock.jump(jumpMs)
      const timersRun = advanceMs === undefined ? 0 : await sim.clock.advance(advanceMs)
      return { ...clockOf(sim), timersRun }
    },
  },
  { method: 'GET', shown: '/_sim/dump', pattern: /^dump$/u, handle: ({ sim }) => sim.dump() },
  {
    method: 'POST',
    shown: '/_sim/load',
    pattern: /^load$/u,
    handle: async (context, { body }) => {
      const dump = z
        .looseObject({ format: z.literal(1), nowMs: z.number(), world: z.looseObject({}) })
        .parse(body)
      await context.reset()
      context.sim.load(dump as unknown as SimDump)
      return { ok: true }
    },
  },
  {
    method: 'POST',
    shown: '/_sim/machines/<id>',
    pattern: /^machines\/(?<id>[^/]+)$/u,
    handle: ({ sim, runner }, { params, body }) => {
      const machine = sim.world.machines.get(params['id'] ?? '')
      if (!machine) throw new Error('no such machine')
      const { state, exitCode } = z
        .strictObject({ state: z.enum(MACHINE_STATES).optional(), exitCode: z.int().optional() })
        .parse(body)
      if (state !== undefined) sim.lifecycle.force(machine, state)
      if (exitCode !== undefined)
        sim.lifecycle.exited(machine, { exitCode, signal: null, oomKilled: false, requestedStop: false })
      return machineState(machine, runner)
    },
  },
  {
    method: 'POST',
    shown: '/_sim/reset',
    pattern: /^reset$/u,
    handle: async ({ reset }, { body }) => {
      await reset(z.strictObject({ seed: z.int().optional() }).parse(body).seed)
      return { ok: true }
    },
  },
]

function faultCatalogue() {
  return (Object.keys(FAULT_KINDS) as FaultKind[]).map((kind) => {
    const row = FAULT_KINDS[kind]
    return { kind, stage: row.stage, what: row.what, params: 'params' in row ? row.params : {} }
  })
}

const delayMeanings = () => Object.fromEntries(DELAY_NAMES.map((name) => [name, DELAYS[name].what]))
const limitsOf = (sim: Sim) => ({ rateLimits: sim.limiter.enabled, ...sim.quotas })
const clockOf = (sim: Sim) => ({
  mode: sim.clock.mode,
  nowMs: sim.clock.nowMs(),
  pendingTimers: sim.clock.pendingTimers(),
  nextTimerInMs: sim.clock.nextTimerInMs(),
})
