import { type Answer, ApiError, invalidArgument, noContent, ok } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import { isoTime } from '../machines/view.ts'
import type { Sim } from '../sim.ts'
import type { App, IpAssignment } from '../world/types.ts'
import { appOf } from './lookup.ts'

const ALL = '/v1/apps/:app/ip_assignments'

export const ipRoutes: Route[] = [
  { operation: 'ips.list', method: 'GET', path: ALL, family: 'apps', handle: list },
  { operation: 'ips.assign', method: 'POST', path: ALL, family: 'apps', handle: assign },
  { operation: 'ips.release', method: 'DELETE', path: `${ALL}/:ip`, family: 'apps', handle: release },
]

function list(sim: Sim, call: Call): Answer {
  return ok({ ips: appOf(sim, call, 'apps').ips.map(view) })
}

/** An app made over the API has no address until one is assigned. For private_v6 the network is not the app's own. */
function assign(sim: Sim, call: Call): Answer {
  const app = appOf(sim, call, 'apps')
  const body = call.body('main.assignIPRequest')
  const type = body.string('type') ?? ''
  const ip = addressOf(sim, app, type)
  if (app.ips.some((other) => other.ip === ip))
    throw new ApiError(422, 'Validation failed: IP address already allocated')
  const assigned: IpAssignment = {
    ip,
    region: body.string('region') ?? 'global',
    shared: type === 'shared_v4',
    serviceName: body.string('service_name') ?? '',
    network: body.string('network') ?? 'default',
    createdAtMs: sim.clock.nowMs(),
  }
  app.ips.push(assigned)
  return ok(view(assigned))
}

/** Every app's shared address is the same one. */
const SHARED_V4 = '66.241.124.1'

function addressOf(sim: Sim, app: App, type: string): string {
  const byte = () => sim.random.between(1, 254)
  switch (type) {
    case 'shared_v4':
      return SHARED_V4
    case 'v4':
      return `149.248.${byte()}.${byte()}`
    case 'v6':
      return `2a09:8280:1::${sim.random.hex(2)}:${sim.random.hex(4)}:0`
    case 'private_v6':
      return `fdaa:0:${app.numericId.toString(16)}:0:1::${byte().toString(16)}`
    default:
      throw invalidArgument(`type ${JSON.stringify(type)} is not one of shared_v4, v4, v6, private_v6`)
  }
}

function release(sim: Sim, call: Call): Answer {
  const app = appOf(sim, call, 'apps')
  const ip = call.param('ip')
  if (!app.ips.some((one) => one.ip === ip)) throw new ApiError(404, 'IP assignment not found')
  app.ips = app.ips.filter((one) => one.ip !== ip)
  return noContent()
}

/** The requested type is not among what comes back. */
const view = (one: IpAssignment) => ({
  ip: one.ip,
  region: one.region,
  shared: one.shared,
  service_name: one.serviceName,
  created_at: isoTime(one.createdAtMs),
})
