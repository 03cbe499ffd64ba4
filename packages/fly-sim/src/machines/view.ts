import { createHash } from 'node:crypto'
import type { Sim } from '../sim.ts'
import type { Machine, MachineConfig } from '../world/types.ts'
import { checksOf } from './checks.ts'
import { targetOf } from './target.ts'

/** A machine as GET machine shows it (schema Machine of Fly's OpenAPI file). */
export function machineView(
  sim: Sim,
  machine: Machine,
  options: { leases?: boolean } = {},
): Record<string, unknown> {
  const unreachable = sim.faults.size > 0 && sim.faults.holds('host_unreachable', targetOf(machine)) !== null
  const lease = options.leases === true ? machine.lease : null
  return {
    ...machineSummary(machine),
    // fly-go: when the host does not answer, config may be missing and incomplete_config must not be cloned.
    ...(unreachable
      ? { incomplete_config: { image: machine.config.image, metadata: machine.config.metadata ?? {} } }
      : { config: machine.config }),
    image_ref: imageRef(machine.config.image),
    events: machine.events,
    checks: unreachable ? [] : checksOf(sim, machine),
    host_status: unreachable ? 'unreachable' : 'ok',
    ...(machine.cordoned && { cordoned: true }),
    ...(lease && {
      lease: {
        description: lease.description,
        expires_at: Math.floor(lease.expiresAtMs / 1_000),
        owner: lease.owner,
      },
    }),
  }
}

/** `summary=true`: without config, checks, events, host_status and nonce. */
export function machineSummary(machine: Machine): Record<string, unknown> {
  return {
    id: machine.id,
    name: machine.name,
    state: machine.state,
    region: machine.region,
    instance_id: machine.instanceId,
    private_ip: machine.privateIp,
    created_at: isoTime(machine.createdAtMs),
    updated_at: isoTime(machine.updatedAtMs),
  }
}

export const isoTime = (ms: number) => new Date(ms).toISOString()

/** Of an org-wide list: image, guest and metadata only. */
export function overviewConfig(config: MachineConfig): Record<string, unknown> {
  return { image: config.image, guest: config.guest, metadata: config.metadata ?? {} }
}

type ImageRef = {
  registry: string
  repository: string
  tag: string
  digest: string
  labels: Record<string, string>
}

// Few different images, many machines.
const imageRefs = new Map<string, ImageRef>()
const MANY_IMAGES = 10_000

/** Made-up digest, real structure: `registry/repository:tag@digest` taken apart. */
function imageRef(image: string): ImageRef {
  const known = imageRefs.get(image)
  if (known) return known
  if (imageRefs.size >= MANY_IMAGES) imageRefs.clear()
  const ref = image.startsWith('local:') ? localRef(image) : registryRef(image)
  imageRefs.set(image, ref)
  return ref
}

const digestOf = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`

function localRef(image: string): ImageRef {
  return {
    registry: 'local',
    repository: image.slice('local:'.length),
    tag: '',
    digest: digestOf(image),
    labels: {},
  }
}

function registryRef(image: string): ImageRef {
  const [name = '', pinned] = image.split('@')
  const slash = name.indexOf('/')
  const host = slash > 0 ? name.slice(0, slash) : ''
  const hasHost = host.includes('.') || host.includes(':') || host === 'localhost'
  const rest = hasHost ? name.slice(slash + 1) : name
  const colon = rest.lastIndexOf(':')
  const repository = colon > 0 ? rest.slice(0, colon) : rest
  return {
    registry: hasHost ? host : 'registry-1.docker.io',
    repository: hasHost || repository.includes('/') ? repository : `library/${repository}`,
    tag: colon > 0 ? rest.slice(colon + 1) : 'latest',
    digest: pinned ?? digestOf(image),
    labels: {},
  }
}
