import { type Answer, ApiError, invalidArgument, ok } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import { DEFAULT_REGION, pickRegion, REGIONS } from '../machines/regions.ts'
import type { Sim } from '../sim.ts'
import { durationMs } from '../world/durations.ts'
import { requireOrg } from './apps.ts'
import { appOf } from './lookup.ts'

export const platformRoutes: Route[] = [
  {
    operation: 'platform.regions',
    method: 'GET',
    path: '/v1/platform/regions',
    family: 'platform',
    open: true,
    handle: regions,
  },
  {
    operation: 'platform.placements',
    method: 'POST',
    path: '/v1/platform/placements',
    family: 'platform',
    handle: placements,
  },
  {
    operation: 'tokens.current',
    method: 'GET',
    path: '/v1/tokens/current',
    family: 'platform',
    handle: currentToken,
  },
  {
    operation: 'apps.deploy_token',
    method: 'POST',
    path: '/v1/apps/:app/deploy_token',
    family: 'apps',
    handle: deployToken,
  },
]

/** The real reply has a capital key that the spec does not know (measured by a third party); both are sent. */
function regions(): Answer {
  const rows = REGIONS.map((region) => ({
    code: region.code,
    name: region.name,
    geo_region: region.geo,
    latitude: region.latitude,
    longitude: region.longitude,
    gateway_available: true,
    requires_paid_plan: false,
    deprecated: false,
  }))
  return ok({ nearest: DEFAULT_REGION, Regions: rows, regions: rows })
}

/** What the stand-in says where no quota is set. */
const UNLIMITED_COUNT = 1_000
const DEFAULT_GUEST_MB = 2_048

/** count 0: the organisation's limit for each region; else how many of `count` would find room. */
function placements(sim: Sim, call: Call): Answer {
  const body = call.body('main.getPlacementsRequest')
  const orgSlug = body.string('org_slug') ?? ''
  requireOrg(sim, call, orgSlug)
  const count = body.integer('count') ?? 0
  const asked = body.string('region') ?? 'any'
  const codes = asked === 'any' ? REGIONS.map((region) => region.code) : asked.split(',').map(pickRegion)
  const guestMb = body.object('compute')?.integer('memory_mb') ?? DEFAULT_GUEST_MB
  return ok({
    regions: [...new Set(codes)].map((region) => {
      const room = roomIn(sim, orgSlug, region, guestMb)
      return { region, count: count === 0 ? room : Math.min(count, room), concurrency: 1 }
    }),
  })
}

function roomIn(sim: Sim, orgSlug: string, region: string, guestMb: number): number {
  const { machinesPerOrg, memoryMbPerRegion } = sim.quotas
  let machines = 0
  let memoryMb = 0
  for (const machine of sim.world.machinesOf(orgSlug)) {
    if (machine.state === 'destroyed') continue
    machines++
    if (machine.region === region) memoryMb += machine.config.guest.memory_mb ?? 0
  }
  const byCount = machinesPerOrg === null ? UNLIMITED_COUNT : machinesPerOrg - machines
  const byMemory =
    memoryMbPerRegion === null ? UNLIMITED_COUNT : Math.floor((memoryMbPerRegion - memoryMb) / guestMb)
  return Math.max(Math.min(byCount, byMemory), 0)
}

function currentToken(sim: Sim, call: Call): Answer {
  const { token } = call
  if (!token) throw new ApiError(401, 'Authenticate: token validation error')
  const slugs = token.orgs ?? [...sim.world.orgs.keys()]
  return ok({
    tokens: slugs.map((slug) => ({
      token_id: token.id,
      org_slug: slug,
      organization: slug,
      apps: token.app === null ? [] : [token.app],
      user: '',
    })),
  })
}

const DEFAULT_EXPIRY_MS = 20 * 365 * 24 * 3_600_000

/** A token that can do everything to this one app, and nothing else. */
function deployToken(sim: Sim, call: Call): Answer {
  const app = appOf(sim, call, 'apps')
  if (call.token?.app != null) throw new ApiError(403, 'permission_denied: a deploy token cannot make tokens')
  const expiry = call.body('main.createAppDeployTokenRequest').string('expiry')
  const expiryMs = expiry === undefined || expiry === '' ? DEFAULT_EXPIRY_MS : durationMs(expiry)
  if (expiryMs === null) throw invalidArgument('expiry is not a duration')
  const value = `FlyV1 fm2_${sim.random.text(64, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')}`
  sim.world.addToken({
    value,
    id: sim.random.hex(8),
    orgs: [app.orgSlug],
    app: app.name,
    readOnly: false,
    expiresAtMs: sim.clock.nowMs() + expiryMs,
  })
  return ok({ token: value })
}
