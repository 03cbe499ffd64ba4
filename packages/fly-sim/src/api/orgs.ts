import { asText } from '../faults/answer-kinds.ts'
import { type Answer, invalidArgument, ok } from '../http/answer.ts'
import { grantsApp } from '../http/auth.ts'
import type { Call } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import { listLagMs, seenLate } from '../machines/past.ts'
import { isoTime, overviewConfig } from '../machines/view.ts'
import { draw } from '../settings.ts'
import type { Sim } from '../sim.ts'
import type { Machine } from '../world/types.ts'
import { requireOrg } from './apps.ts'
import { machineFilter } from './machines.ts'

export const orgRoutes: Route[] = [
  {
    operation: 'orgs.machines',
    method: 'GET',
    path: '/v1/orgs/:org/machines',
    family: 'machines',
    handle: listMachines,
  },
]

const LARGEST_PAGE = 1_000

type Row = { machine: Machine; state: string; version: string; updatedAtMs: number }

function listMachines(sim: Sim, call: Call): Answer {
  const org = call.param('org')
  requireOrg(sim, call, org)
  const limit = readLimit(call.query.get('limit'))
  const position = readPosition(call.query)
  const target = { org, operation: 'orgs.machines' }
  if (sim.faults.size > 0 && sim.faults.strike('empty_page', target)) {
    return ok({
      machines: [],
      next_cursor: call.query.get('cursor') ?? cursorText({ updatedAtMs: 0, id: '' }),
    })
  }
  const partial = sim.faults.size > 0 ? sim.faults.strike('partial_list', target) : null
  const lostRegion = partial ? asText(partial.params['region'] ?? 'iad') : null
  const rows = visibleRows(sim, call, org).filter(
    (row) => row.machine.region !== lostRegion && (position === null || isAfter(row, position)),
  )
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  const endless = sim.faults.size > 0 && sim.faults.holds('endless_list', target) !== null
  const more = rows.length > limit || endless
  return ok({
    machines: page.map((row) => rowView(row, call.flag('summary'))),
    ...(more && {
      next_cursor: last
        ? cursorText({ updatedAtMs: last.updatedAtMs, id: last.machine.id })
        : cursorText(position ?? { updatedAtMs: 0, id: '' }),
    }),
    ...(last && { last_machine_id: last.machine.id, last_updated_at: isoTime(last.updatedAtMs) }),
    error_regions: lostRegion === null ? [] : [lostRegion],
  })
}

/** As the list sees the machines: late, filtered, oldest change first. */
function visibleRows(sim: Sim, call: Call, org: string): Row[] {
  const nowMs = sim.clock.nowMs()
  const lagMs = listLagMs(sim, org, draw(sim.delays.orgListLagMs, sim.random))
  const filter = machineFilter(call.query)
  const rows: Row[] = []
  for (const app of sim.world.apps.values()) {
    if (app.orgSlug !== org || !call.token || !grantsApp(call.token, app)) continue
    for (const machine of app.machines.values()) {
      const seen = seenLate(machine, nowMs, lagMs)
      if (seen && filter(machine, seen.state)) rows.push({ machine, ...seen })
    }
  }
  return rows.sort((a, b) => a.updatedAtMs - b.updatedAtMs || (a.machine.id < b.machine.id ? -1 : 1))
}

function rowView({ machine, state, version, updatedAtMs }: Row, summary: boolean) {
  return {
    id: machine.id,
    name: machine.name,
    app_name: machine.appName,
    state,
    region: machine.region,
    version,
    private_ip: machine.privateIp,
    created_at: isoTime(machine.createdAtMs),
    updated_at: isoTime(updatedAtMs),
    ...(!summary && { config: overviewConfig(machine.config) }),
  }
}

type Position = { updatedAtMs: number; id: string }

const isAfter = (row: Row, position: Position) =>
  row.updatedAtMs > position.updatedAtMs ||
  (row.updatedAtMs === position.updatedAtMs && row.machine.id > position.id)

const cursorText = (position: Position) =>
  Buffer.from(`${position.updatedAtMs}/${position.id}`).toString('base64url')

/** The cursor takes precedence over updated_after. */
function readPosition(query: URLSearchParams): Position | null {
  const cursor = query.get('cursor')
  if (cursor !== null && cursor !== '') {
    const [time = '', id = ''] = Buffer.from(cursor, 'base64url').toString('utf8').split('/')
    if (!/^\d+$/u.test(time)) throw invalidArgument('cursor is not valid')
    return { updatedAtMs: Number(time), id }
  }
  const after = query.get('updated_after')
  if (after === null || after === '') return null
  const updatedAtMs = Date.parse(after)
  if (Number.isNaN(updatedAtMs)) throw invalidArgument('updated_after is not a time in RFC 3339')
  return { updatedAtMs, id: '￿' }
}

function readLimit(value: string | null): number {
  if (value === null || value === '') return LARGEST_PAGE
  const limit = Number(value)
  if (!Number.isInteger(limit) || limit < 1) throw invalidArgument(`limit ${value} is not valid`)
  return Math.min(limit, LARGEST_PAGE)
}
