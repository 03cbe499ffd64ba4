import { type Answer, ApiError, created, ok, validationFailed } from '../http/answer.ts'
import { grantsApp, grantsOrg } from '../http/auth.ts'
import type { Call } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import { draw } from '../settings.ts'
import type { Sim } from '../sim.ts'
import type { App } from '../world/types.ts'
import { appOf } from './lookup.ts'

export const appRoutes: Route[] = [
  { operation: 'apps.list', method: 'GET', path: '/v1/apps', family: 'apps', handle: listApps },
  { operation: 'apps.create', method: 'POST', path: '/v1/apps', family: 'apps', handle: createApp },
  { operation: 'apps.get', method: 'GET', path: '/v1/apps/:app', family: 'apps', handle: getApp },
  { operation: 'apps.delete', method: 'DELETE', path: '/v1/apps/:app', family: 'apps', handle: deleteApp },
]

/** The API's own message says "under 63 chars". */
const APP_NAME = /^[a-z0-9-]{1,62}$/u
const NETWORK_NAME = /^[A-Za-z][A-Za-z0-9-]*$/u

function createApp(sim: Sim, call: Call): Answer {
  const body = call.body('main.createAppRequest')
  const name = body.string('name') ?? body.string('app_name') ?? ''
  const orgSlug = body.string('org_slug') ?? ''
  const network = body.string('network') ?? ''
  requireOrg(sim, call, orgSlug)
  if (!APP_NAME.test(name))
    throw validationFailed('Name under 63 chars using numbers, lowercase letters and dashes')
  if (network !== '' && !NETWORK_NAME.test(network))
    throw validationFailed('Network must start with a letter and use letters, numbers and dashes')
  const nowMs = sim.clock.nowMs()
  if (sim.world.nameIsTaken(name, nowMs))
    throw validationFailed('Name has already been taken', { status: 'name_taken' })
  const { appsPerOrg } = sim.quotas
  if (appsPerOrg !== null && sim.world.appsOf(orgSlug).length >= appsPerOrg) {
    throw new ApiError(422, 'Your organization has reached its app limit. Please contact billing@fly.io')
  }
  const app: App = {
    id: sim.random.text(16, 'abcdefghjkmnpqrstvwxyz0123456789'),
    numericId: sim.world.nextNumericId++,
    name,
    orgSlug,
    network: network === '' ? 'default' : network,
    createdAtMs: nowMs,
    visibleAtMs: nowMs + draw(sim.delays.appVisibleMs, sim.random),
    reused: sim.world.formerNames.has(name),
    deleting: false,
    machines: new Map(),
    secrets: null,
    ips: [],
    volumes: null,
  }
  sim.world.apps.set(name, app)
  return created({ id: app.id, created_at: nowMs })
}

export function requireOrg(sim: Sim, call: Call, orgSlug: string): void {
  if (orgSlug === '') throw new ApiError(400, 'invalid_argument: org_slug is required')
  if (!sim.world.orgs.has(orgSlug)) throw new ApiError(404, 'organization not found')
  if (!call.token || !grantsOrg(call.token, orgSlug))
    throw new ApiError(403, `permission_denied: not authorized to access organization ${orgSlug}`)
}

async function getApp(sim: Sim, call: Call): Promise<Answer> {
  if (!sim.world.apps.has(call.param('app'))) await sim.pause(draw(sim.delays.missingAppReadMs, sim.random))
  return ok(appView(sim, appOf(sim, call, 'apps')))
}

function listApps(sim: Sim, call: Call): Answer {
  const orgSlug = call.query.get('org_slug') ?? ''
  if (call.token?.app == null) requireOrg(sim, call, orgSlug)
  const nowMs = sim.clock.nowMs()
  const apps = sim.world
    .appsOf(orgSlug)
    .filter((app) => call.token && grantsApp(call.token, app) && nowMs >= app.visibleAtMs)
  return ok({ total_apps: apps.length, apps: apps.map(listedApp) })
}

function deleteApp(sim: Sim, call: Call): Answer {
  const app = appOf(sim, call, 'apps')
  const force = call.flag('force')
  const busy = [...app.machines.values()].some(
    (machine) =>
      !['stopped', 'created', 'suspended', 'failed', 'launch_failed', 'destroying', 'destroyed'].includes(
        machine.state,
      ),
  )
  if (busy && !force && !app.deleting) {
    throw new ApiError(
      422,
      `Validation failed: app ${app.name} has machines that are not stopped; stop them or use force`,
    )
  }
  if (!app.deleting) sim.appRemoval.begin(app, force)
  return { status: 202 }
}

function listedApp(app: App) {
  return {
    id: app.id,
    name: app.name,
    machine_count: livingMachines(app),
    volume_count: app.volumes?.size ?? 0,
    network: app.network,
  }
}

function appView(sim: Sim, app: App) {
  const org = sim.world.orgs.get(app.orgSlug)
  return {
    ...listedApp(app),
    internal_numeric_id: app.numericId,
    organization: {
      name: org?.name ?? app.orgSlug,
      slug: app.orgSlug,
      internal_numeric_id: org?.numericId ?? 0,
    },
    status: app.machines.size === 0 ? 'pending' : 'deployed',
  }
}

function livingMachines(app: App): number {
  let count = 0
  for (const machine of app.machines.values()) if (machine.state !== 'destroyed') count++
  return count
}
