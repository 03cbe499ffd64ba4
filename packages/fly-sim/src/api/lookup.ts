import { ApiError, notFound } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Sim } from '../sim.ts'
import { type Fault, numberParam } from '../faults/faults.ts'
import type { App, Machine } from '../world/types.ts'
import { grantsApp } from '../http/auth.ts'

/** The app of the call's path, if the caller may see it. `machines`: the call goes to the machines service. */
export function appOf(sim: Sim, call: Call, service: 'apps' | 'machines' = 'machines'): App {
  const name = call.param('app')
  const app = sim.world.apps.get(name)
  if (!app) throw missingApp(service)
  if (!call.token || !grantsApp(call.token, app)) {
    throw new ApiError(403, `permission_denied: not authorized to access app ${name}`)
  }
  const nowMs = sim.clock.nowMs()
  if (nowMs < app.visibleAtMs) throw missingApp(service)
  if (sim.faults.size > 0) checkAppFaults(sim, app, service, nowMs)
  return app
}

function checkAppFaults(sim: Sim, app: App, service: 'apps' | 'machines', nowMs: number): void {
  const target = { app: app.name, org: app.orgSlug }
  const isFresh = (fault: Fault) => nowMs < app.createdAtMs + numberParam(fault, 'ms', 1_000)
  if (sim.faults.holds('fresh_app_missing', target, isFresh)) throw missingApp(service)
  if (sim.faults.holds('fresh_app_unauthorized', target, isFresh))
    throw new ApiError(401, 'Authenticate: token validation error')
  if (service === 'machines' && sim.faults.holds('app_half_gone', target)) throw missingApp(service)
}

const missingApp = (service: 'apps' | 'machines') =>
  service === 'apps' ? new ApiError(404, 'Could not find App') : new ApiError(404, 'app not found')

/** The machine of the call's path. */
export function machineOf(sim: Sim, call: Call): { app: App; machine: Machine } {
  const app = appOf(sim, call)
  const machine = app.machines.get(call.param('machine'))
  const nowMs = sim.clock.nowMs()
  if (!machine || nowMs < machine.visibleAtMs) throw notFound('machine')
  if (sim.faults.size > 0) {
    const target = { app: app.name, machine: machine.id, org: app.orgSlug }
    const isFresh = (fault: Fault) => nowMs < machine.createdAtMs + numberParam(fault, 'ms', 1_000)
    if (sim.faults.holds('fresh_machine_missing', target, isFresh)) throw notFound('machine')
  }
  return { app, machine }
}

/** As machineOf, for calls that act on a machine: a destroyed one is not there any more. */
export function livingMachineOf(sim: Sim, call: Call): { app: App; machine: Machine } {
  const found = machineOf(sim, call)
  if (found.machine.state === 'destroyed') throw notFound('machine')
  return found
}
