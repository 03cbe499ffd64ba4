/** What Fly answers about organisations, addresses and the platform. See decode.ts for the rules. */
import { count, flag, id, listOf, object, optional, string, text, textMap } from './decoder.ts'
import type { CurrentToken, IpAssignment, OrgMachine, OrgVolume, Placement, Region } from './types.ts'

const guest = object((field) => ({
  cpuKind: field('cpu_kind', text),
  cpus: field('cpus', count),
  memoryMb: field('memory_mb', count),
}))

const overview = optional(
  object((field) => ({
    image: field('image', text),
    guest: field('guest', optional(guest)),
    metadata: field('metadata', textMap),
  })),
)

const orgMachine = object((field): OrgMachine => {
  const config = field('config', overview)
  return {
    id: field('id', id),
    appName: field('app_name', id),
    name: field('name', text) ?? '',
    state: field('state', string),
    region: field('region', text) ?? '',
    instanceId: field('version', text) ?? '',
    privateIp: field('private_ip', text),
    image: config?.image,
    guest: config?.guest,
    metadata: config?.metadata ?? {},
    createdAt: field('created_at', text),
    updatedAt: field('updated_at', text),
  }
})

/** An empty cursor is the end too. */
const cursor = (value: unknown): string | undefined => {
  const given = text(value)
  return given === '' ? undefined : given
}

export const orgMachines = object((field) => ({
  machines: field('machines', listOf(orgMachine)),
  nextCursor: field('next_cursor', cursor),
  lastUpdatedAt: field('last_updated_at', text),
  errorRegions: field('error_regions', listOf(string)),
}))

const orgVolume = object((field): OrgVolume => ({
  id: field('id', id),
  appName: field('app_name', text),
  name: field('name', text) ?? '',
  region: field('region', text) ?? '',
  state: field('state', text) ?? 'unknown',
  attachedMachineId: field('attached_machine_id', text),
  sizeGb: field('size_gb', count),
  createdAt: field('created_at', text),
}))

export const orgVolumes = object((field) => ({
  volumes: field('volumes', listOf(orgVolume)),
  nextCursor: field('next_cursor', cursor),
  errorRegions: field('error_regions', listOf(string)),
}))

export const ip = object((field): IpAssignment => ({
  ip: field('ip', id),
  region: field('region', text),
  shared: field('shared', flag),
  serviceName: field('service_name', text),
  createdAt: field('created_at', text),
}))
export const ipList = object((field) => field('ips', listOf(ip)))

const region = object((field): Region => {
  const code = field('code', id)
  return {
    code,
    name: field('name', text) ?? code,
    geoRegion: field('geo_region', text),
    deprecated: field('deprecated', flag),
    gatewayAvailable: field('gateway_available', flag),
    requiresPaidPlan: field('requires_paid_plan', flag),
    latitude: field('latitude', count),
    longitude: field('longitude', count),
  }
})

/** Specified as `regions` and `nearest`, seen as `Regions` and `Nearest`. */
export const regions = object((field) => ({
  regions: [...field('regions', listOf(region)), ...field('Regions', listOf(region))],
  nearest: field('nearest', text) ?? field('Nearest', text),
}))

const placement = object((field): Placement => ({
  region: field('region', id),
  count: field('count', count) ?? 0,
  concurrency: field('concurrency', count),
}))
export const placements = object((field) => field('regions', listOf(placement)))

const currentToken = object((field): CurrentToken => ({
  tokenId: field('token_id', text),
  orgSlug: field('org_slug', text) ?? field('organization', text),
  apps: field('apps', listOf(string)),
  user: field('user', text),
}))
export const currentTokens = object((field) => field('tokens', listOf(currentToken)))
