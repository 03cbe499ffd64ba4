import { type Answer, ApiError, failedPrecondition, invalidArgument, noContent, ok } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import { isObject } from '../http/decode.ts'
import type { Route } from '../http/router.ts'
import type { Sim } from '../sim.ts'
import type { Machine } from '../world/types.ts'
import { livingMachineOf } from './lookup.ts'

const ALL = '/v1/apps/:app/machines/:machine/metadata'
const ONE = `${ALL}/:key`

/** Leases do not guard metadata, and a metadata write makes no new version of the machine. */
export const metadataRoutes: Route[] = [
  { operation: 'machines.metadata.list', method: 'GET', path: ALL, family: 'machines', handle: list },
  { operation: 'machines.metadata.put', method: 'PUT', path: ALL, family: 'machines', handle: change },
  { operation: 'machines.metadata.patch', method: 'PATCH', path: ALL, family: 'machines', handle: change },
  { operation: 'machines.metadata.get', method: 'GET', path: ONE, family: 'machines', handle: getOne },
  { operation: 'machines.metadata.set', method: 'POST', path: ONE, family: 'machines', handle: setOne },
  {
    operation: 'machines.metadata.delete',
    method: 'DELETE',
    path: ONE,
    family: 'machines',
    handle: deleteOne,
  },
]

function list(sim: Sim, call: Call): Answer {
  return ok(livingMachineOf(sim, call).machine.config.metadata ?? {})
}

function getOne(sim: Sim, call: Call): Answer {
  const value = livingMachineOf(sim, call).machine.config.metadata?.[call.param('key')]
  if (value === undefined) throw new ApiError(404, 'not_found: metadata key not found')
  return ok({ value })
}

/** PUT and PATCH do the same, says the spec: null and the empty string remove a key. */
function change(sim: Sim, call: Call): Answer {
  const { machine } = livingMachineOf(sim, call)
  const body = call.body('main.updateMetadataRequest')
  const version = body.string('machine_version')
  if (version !== undefined && version !== '' && version !== machine.instanceId) {
    throw failedPrecondition(`machine version is ${machine.instanceId}, not ${version}`)
  }
  const changes = body.raw['metadata']
  if (!isObject(changes)) throw invalidArgument('metadata is required')
  write(sim, machine, changes)
  return noContent()
}

function setOne(sim: Sim, call: Call): Answer {
  const { machine } = livingMachineOf(sim, call)
  const value = call.body('main.upsertMetadataKeyRequest').string('value')
  if (value === undefined) throw invalidArgument('value is required')
  write(sim, machine, { [call.param('key')]: value })
  return noContent()
}

function deleteOne(sim: Sim, call: Call): Answer {
  write(sim, livingMachineOf(sim, call).machine, { [call.param('key')]: null })
  return noContent()
}

function write(sim: Sim, machine: Machine, changes: Record<string, unknown>): void {
  const entries = new Map(Object.entries(machine.config.metadata ?? {}))
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === '') entries.delete(key)
    else if (typeof value === 'string') entries.set(key, value)
    else throw invalidArgument(`metadata ${key} must be a string`)
  }
  machine.config = { ...machine.config, metadata: Object.fromEntries(entries) }
  machine.updatedAtMs = sim.clock.nowMs()
}
