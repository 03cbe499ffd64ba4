import { type Answer, aborted, ApiError, ok } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Decoder } from '../http/decode.ts'
import type { Route } from '../http/router.ts'
import { readConfig } from '../machines/config.ts'
import { createMachine } from '../machines/create.ts'
import { refuseTakenName } from '../machines/names.ts'
import { stopSettings } from '../machines/stop-settings.ts'
import { machineSummary, machineView } from '../machines/view.ts'
import type { Sim } from '../sim.ts'
import type { Machine } from '../world/types.ts'
import { appOf, livingMachineOf, machineOf } from './lookup.ts'
import { leaseOf, takeLease } from './leases.ts'

const APP = '/v1/apps/:app/machines'
const ONE = `${APP}/:machine`

export const machineRoutes: Route[] = [
  { operation: 'machines.list', method: 'GET', path: APP, family: 'machines', handle: list },
  { operation: 'machines.create', method: 'POST', path: APP, family: 'machines', handle: create },
  { operation: 'machines.get', method: 'GET', path: ONE, family: 'machines', handle: get },
  {
    operation: 'machines.update',
    method: 'POST',
    path: ONE,
    family: 'machines',
    leased: true,
    handle: update,
  },
  {
    operation: 'machines.delete',
    method: 'DELETE',
    path: ONE,
    family: 'machines',
    leased: true,
    handle: remove,
  },
]

function create(sim: Sim, call: Call): Answer {
  const app = appOf(sim, call)
  if (app.deleting) throw new ApiError(404, 'app not found')
  const body = call.body('main.createMachineRequest')
  const machine = createMachine(sim, app, {
    name: body.string('name'),
    region: body.string('region'),
    config: readConfig(body.object('config')),
    minSecretsVersion: body.integer('min_secrets_version') ?? 0,
    skipLaunch: body.boolean('skip_launch') ?? false,
  })
  const nonce = leaseForReply(sim, call, machine, body)
  return ok({ ...machineView(sim, machine), ...nonce })
}

function get(sim: Sim, call: Call): Answer {
  const { machine } = machineOf(sim, call)
  return ok(machineView(sim, machine, { leases: call.flag('include_leases') }))
}

function list(sim: Sim, call: Call): Answer {
  const app = appOf(sim, call)
  const { query } = call
  const filter = machineFilter(query)
  const wantedMetadata = [...query].flatMap(([key, value]) =>
    key.startsWith('metadata.') ? [[key.slice('metadata.'.length), value] as const] : [],
  )
  if (app.reused && sim.faults.holds('reused_name_confused', { app: app.name, org: app.orgSlug }))
    return ok([])
  const nowMs = sim.clock.nowMs()
  const shown = [...app.machines.values()].filter(
    (machine) =>
      nowMs >= machine.visibleAtMs &&
      filter(machine, machine.state) &&
      wantedMetadata.every(([key, value]) => machine.config.metadata?.[key] === value),
  )
  const summary = call.flag('summary')
  const leases = call.flag('include_leases')
  return ok(
    shown.map((machine) => (summary ? machineSummary(machine) : machineView(sim, machine, { leases }))),
  )
}

/** The filters that the lists of an app and of an organisation share. */
export function machineFilter(query: URLSearchParams): (machine: Machine, state: string) => boolean {
  const regions = listParam(query, 'region')
  const states = listParam(query, 'state')
  const deletedToo = ['true', '1'].includes(query.get('include_deleted') ?? '')
  return (machine, state) =>
    (deletedToo || state !== 'destroyed') &&
    (regions === null || regions.includes(machine.region)) &&
    (states === null || states.includes(state))
}

function listParam(query: URLSearchParams, name: string): string[] | null {
  const values = query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .filter((value) => value !== '')
  return values.length === 0 ? null : values
}

function update(sim: Sim, call: Call): Answer {
  const { app, machine } = livingMachineOf(sim, call)
  const body = call.body('main.updateMachineRequest')
  const config = readConfig(body.object('config'))
  const currentVersion = body.string('current_version')
  if (currentVersion !== undefined && currentVersion !== '' && currentVersion !== machine.instanceId) {
    throw aborted('machine update failed due to concurrent update')
  }
  if (['updating', 'replacing', 'destroying'].includes(machine.state)) {
    throw aborted('machine update failed due to concurrent update')
  }
  const region = body.string('region')
  if (region !== undefined && region !== '' && region !== machine.region)
    throw new ApiError(400, 'invalid_argument: region of a machine cannot be changed')
  rename(app.machines, machine, body.string('name'))
  const endOld = stopSettings(machine.config)
  machine.config = config
  machine.instanceId = sim.random.ulid(sim.clock.nowMs())
  machine.versions = [{ version: machine.instanceId, config }, ...machine.versions].slice(0, KEPT_VERSIONS)
  machine.minSecretsVersion = Math.max(machine.minSecretsVersion, body.integer('min_secrets_version') ?? 0)
  machine.launchAfterUpdate = body.boolean('skip_launch') !== true
  sim.lifecycle.update(machine, endOld)
  const nonce = leaseForReply(sim, call, machine, body)
  return ok({ ...machineView(sim, machine), ...nonce })
}

const KEPT_VERSIONS = 10

function rename(machines: ReadonlyMap<string, Machine>, machine: Machine, name: string | undefined): void {
  if (name === undefined || name === '' || name === machine.name) return
  refuseTakenName(machines, name)
  machine.name = name
}

function leaseForReply(sim: Sim, call: Call, machine: Machine, body: Decoder): { nonce?: string } {
  const ttlSeconds = body.integer('lease_ttl')
  if (ttlSeconds === undefined || ttlSeconds <= 0) return {}
  return {
    nonce: (leaseOf(sim, machine) ?? takeLease(sim, call, machine, { ttlSeconds, description: '' })).nonce,
  }
}

function remove(sim: Sim, call: Call): Answer {
  const { machine } = livingMachineOf(sim, call)
  // Docs and spec say `force`; fly-go and fly-admin send `kill`.
  const force = call.flag('force') || call.flag('kill')
  if (machine.state === 'destroying') return ok({ ok: true })
  const resting = [
    'stopped',
    'suspended',
    'created',
    'failed',
    'launch_failed',
    'migrated',
    'replaced',
  ].includes(machine.state)
  if (!resting && !force) {
    throw failedUnlessForced(machine)
  }
  sim.lifecycle.destroy(machine, force)
  return ok({ ok: true })
}

const failedUnlessForced = (machine: Machine) =>
  new ApiError(
    412,
    `failed_precondition: unable to destroy machine, not currently in a state that allows it: '${machine.state}'; use force`,
  )
