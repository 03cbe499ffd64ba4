import { type Answer, ApiError, created, ok } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import type { Sim } from '../sim.ts'
import type { Lease, Machine } from '../world/types.ts'
import { livingMachineOf } from './lookup.ts'

const PATH = '/v1/apps/:app/machines/:machine/lease'

export const leaseRoutes: Route[] = [
  { operation: 'machines.lease.get', method: 'GET', path: PATH, family: 'machines', handle: getLease },
  {
    operation: 'machines.lease.acquire',
    method: 'POST',
    path: PATH,
    family: 'machines',
    handle: acquireLease,
  },
  {
    operation: 'machines.lease.release',
    method: 'DELETE',
    path: PATH,
    family: 'machines',
    handle: releaseLease,
  },
]

const NONCE_HEADER = 'fly-machine-lease-nonce'
/** Fly's default is not documented. */
const DEFAULT_TTL_SECONDS = 60

/** The lease that is in force now. */
export function leaseOf(sim: Sim, machine: Machine): Lease | null {
  if (machine.lease && machine.lease.expiresAtMs <= sim.clock.nowMs()) machine.lease = null
  return machine.lease
}

/** Refuses a write to a machine that somebody else has leased. */
export function guardLease(sim: Sim, call: Call, machine: Machine): void {
  const lease = leaseOf(sim, machine)
  if (!lease || call.header(NONCE_HEADER) === lease.nonce) return
  throw leaseHeld(machine, lease)
}

export function takeLease(
  sim: Sim,
  call: Call,
  machine: Machine,
  wanted: { ttlSeconds: number; description: string },
): Lease {
  const nowMs = sim.clock.nowMs()
  const lease: Lease = {
    nonce: sim.random.hex(12),
    owner: `${call.token?.id ?? 'unknown'}@tokens.fly.io`,
    description: wanted.description,
    expiresAtMs: nowMs + wanted.ttlSeconds * 1_000,
    version: sim.random.ulid(nowMs),
  }
  machine.lease = lease
  return lease
}

function getLease(sim: Sim, call: Call): Answer {
  const lease = leaseOf(sim, livingMachineOf(sim, call).machine)
  if (!lease) throw new ApiError(404, 'lease not found')
  return ok({ status: 'success', data: leaseView(lease) })
}

/** A POST with the nonce of the present lease refreshes it. */
function acquireLease(sim: Sim, call: Call): Answer {
  const { machine } = livingMachineOf(sim, call)
  const body = call.body('main.createLeaseRequest')
  // fly-go sends the ttl as a query, docs and spec put it in the body.
  const inQuery = Number(call.query.get('ttl') ?? Number.NaN)
  const ttlSeconds = body.integer('ttl') ?? (Number.isInteger(inQuery) ? inQuery : DEFAULT_TTL_SECONDS)
  if (ttlSeconds <= 0) throw new ApiError(400, 'invalid_argument: lease ttl must be positive')
  const present = leaseOf(sim, machine)
  if (!present) {
    const lease = takeLease(sim, call, machine, { ttlSeconds, description: body.string('description') ?? '' })
    return created({ status: 'success', data: leaseView(lease) })
  }
  if (call.header(NONCE_HEADER) !== present.nonce) throw leaseHeld(machine, present)
  present.expiresAtMs = sim.clock.nowMs() + ttlSeconds * 1_000
  present.description = body.string('description') ?? present.description
  return created({ status: 'success', data: leaseView(present) })
}

function releaseLease(sim: Sim, call: Call): Answer {
  const { machine } = livingMachineOf(sim, call)
  const lease = leaseOf(sim, machine)
  if (!lease) throw new ApiError(404, 'lease not found')
  if (call.header(NONCE_HEADER) !== lease.nonce) throw leaseHeld(machine, lease)
  machine.lease = null
  return ok({ status: 'success', data: { ok: true } })
}

function leaseHeld(machine: Machine, lease: Lease): ApiError {
  const until = new Date(lease.expiresAtMs).toISOString().replace(/\.\d+Z$/u, 'Z')
  return new ApiError(
    409,
    `aborted: machine ID ${machine.id} lease currently held by ${lease.owner}, expires at ${until}`,
  )
}

const leaseView = (lease: Lease) => ({
  nonce: lease.nonce,
  expires_at: Math.floor(lease.expiresAtMs / 1_000),
  owner: lease.owner,
  description: lease.description,
  version: lease.version,
})
