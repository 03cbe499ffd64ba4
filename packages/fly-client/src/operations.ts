/**
 * Every endpoint this client calls, in one table: the code sends by it, the limiter keys by it,
 * and a test holds it against Fly's OpenAPI file (https://docs.machines.dev/spec/openapi3.json, 2026-08-20).
 * What each takes and answers is described at https://fly.io/docs/machines/api/ (apps-resource,
 * machines-resource, working-with-machines-api; read 2026-08); where practice differs, the code says so.
 */

export interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly path: string
  /** A read changes nothing and is retried. A mutation is sent once. */
  readonly kind: 'read' | 'mutation'
}

const read = (path: string): Operation => ({ method: 'GET', path, kind: 'read' })
const post = (path: string): Operation => ({ method: 'POST', path, kind: 'mutation' })
const remove = (path: string): Operation => ({ method: 'DELETE', path, kind: 'mutation' })

const APP = '/v1/apps/{app_name}'
const MACHINE = `${APP}/machines/{machine_id}`

export const OPERATIONS = {
  'apps.create': post('/v1/apps'),
  'apps.get': read(APP),
  'apps.list': read('/v1/apps'),
  'apps.delete': remove(APP),
  'apps.createDeployToken': post(`${APP}/deploy_token`),

  'machines.create': post(`${APP}/machines`),
  'machines.get': read(MACHINE),
  'machines.list': read(`${APP}/machines`),
  'machines.update': post(MACHINE),
  'machines.delete': remove(MACHINE),
  'machines.start': post(`${MACHINE}/start`),
  'machines.stop': post(`${MACHINE}/stop`),
  'machines.suspend': post(`${MACHINE}/suspend`),
  'machines.restart': post(`${MACHINE}/restart`),
  'machines.signal': post(`${MACHINE}/signal`),
  'machines.cordon': post(`${MACHINE}/cordon`),
  'machines.uncordon': post(`${MACHINE}/uncordon`),
  'machines.exec': post(`${MACHINE}/exec`),
  'machines.wait': read(`${MACHINE}/wait`),
  'machines.listEvents': read(`${MACHINE}/events`),
  'machines.listVersions': read(`${MACHINE}/versions`),

  'machines.listMetadata': read(`${MACHINE}/metadata`),
  'machines.getMetadata': read(`${MACHINE}/metadata/{key}`),
  'machines.setMetadata': post(`${MACHINE}/metadata/{key}`),
  'machines.deleteMetadata': remove(`${MACHINE}/metadata/{key}`),
  'machines.mergeMetadata': { method: 'PATCH', path: `${MACHINE}/metadata`, kind: 'mutation' },
  'machines.replaceMetadata': { method: 'PUT', path: `${MACHINE}/metadata`, kind: 'mutation' },

  'leases.find': read(`${MACHINE}/lease`),
  'leases.acquire': post(`${MACHINE}/lease`),
  'leases.release': remove(`${MACHINE}/lease`),

  'secrets.list': read(`${APP}/secrets`),
  'secrets.set': post(`${APP}/secrets`),

  'ips.list': read(`${APP}/ip_assignments`),
  'ips.assign': post(`${APP}/ip_assignments`),
  'ips.release': remove(`${APP}/ip_assignments/{ip}`),

  'orgs.machines': read('/v1/orgs/{org_slug}/machines'),
  'orgs.volumes': read('/v1/orgs/{org_slug}/volumes'),

  'platform.regions': read('/v1/platform/regions'),
  // A POST that only simulates: it places nothing.
  'platform.placements': { method: 'POST', path: '/v1/platform/placements', kind: 'read' },
  'platform.currentToken': read('/v1/tokens/current'),
} satisfies Record<string, Operation>

export type OperationName = keyof typeof OPERATIONS
export type PathParams = Partial<Record<'app_name' | 'machine_id' | 'org_slug' | 'key' | 'ip', string>>

/** Each template in its parts: a text that is sent as it is, or the name of a value. Split once, not per call. */
const TEMPLATES = new Map(
  Object.values(OPERATIONS).map(({ path }) => [path, path.split('/').map(templatePart)]),
)

function templatePart(part: string): string | { name: keyof PathParams } {
  return part.startsWith('{') ? { name: part.slice(1, -1) as keyof PathParams } : part
}

/** The path with its values encoded, or undefined where a value cannot be part of a path. */
export function fillPath(template: string, params: PathParams): string | undefined {
  const filled: string[] = []
  for (const part of TEMPLATES.get(template) ?? []) {
    const segment = typeof part === 'string' ? part : encodeSegment(params[part.name] ?? '')
    if (segment === undefined) return undefined
    filled.push(segment)
  }
  return filled.join('/')
}

function encodeSegment(value: string): string | undefined {
  // Dots are never encoded, and a proxy on the way would resolve them to another path.
  // A lone surrogate cannot be encoded at all.
  if (value === '' || value === '.' || value === '..' || !value.isWellFormed()) return undefined
  return encodeURIComponent(value)
}
