import { type Answer, failedPrecondition, invalidArgument, notFound, ok } from '../http/answer.ts'
import type { Call } from '../http/call.ts'
import type { Route } from '../http/router.ts'
import { pickRegion } from '../machines/regions.ts'
import { isoTime } from '../machines/view.ts'
import type { Sim } from '../sim.ts'
import type { App, Volume } from '../world/types.ts'
import { requireOrg } from './apps.ts'
import { appOf } from './lookup.ts'

const ALL = '/v1/apps/:app/volumes'
const ONE = `${ALL}/:volume`

export const volumeRoutes: Route[] = [
  { operation: 'volumes.list', method: 'GET', path: ALL, family: 'machines', handle: list },
  { operation: 'volumes.create', method: 'POST', path: ALL, family: 'machines', handle: create },
  { operation: 'volumes.get', method: 'GET', path: ONE, family: 'machines', handle: get },
  { operation: 'volumes.update', method: 'PUT', path: ONE, family: 'machines', handle: update },
  { operation: 'volumes.delete', method: 'DELETE', path: ONE, family: 'machines', handle: remove },
  { operation: 'volumes.extend', method: 'PUT', path: `${ONE}/extend`, family: 'machines', handle: extend },
  {
    operation: 'orgs.volumes',
    method: 'GET',
    path: '/v1/orgs/:org/volumes',
    family: 'machines',
    handle: listOrg,
  },
]

const VOLUME_NAME = /^[a-z0-9_]{1,30}$/u

function list(sim: Sim, call: Call): Answer {
  return ok([...(appOf(sim, call).volumes?.values() ?? [])].map(view))
}

function create(sim: Sim, call: Call): Answer {
  const app = appOf(sim, call)
  const body = call.body('main.createVolumeRequest')
  const name = body.string('name') ?? ''
  const sizeGb = body.integer('size_gb') ?? 1
  if (!VOLUME_NAME.test(name))
    throw invalidArgument('volume name must be lowercase letters, numbers and underscores, at most 30')
  if (sizeGb < 1 || sizeGb > 500) throw invalidArgument('size_gb must be between 1 and 500')
  const nowMs = sim.clock.nowMs()
  const volume: Volume = {
    id: `vol_${sim.random.text(16, 'abcdefghijklmnopqrstuvwxyz0123456789')}`,
    name,
    state: 'created',
    sizeGb,
    region: pickRegion(body.string('region')),
    zone: sim.random.hex(4),
    encrypted: body.boolean('encrypted') ?? true,
    attachedMachineId: null,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    snapshotRetention: body.integer('snapshot_retention') ?? 5,
    autoBackupEnabled: body.boolean('auto_backup_enabled') ?? true,
  }
  app.volumes ??= new Map()
  app.volumes.set(volume.id, volume)
  return ok(view(volume))
}

function get(sim: Sim, call: Call): Answer {
  return ok(view(volumeOf(sim, call).volume))
}

function update(sim: Sim, call: Call): Answer {
  const { volume } = volumeOf(sim, call)
  const body = call.body('main.updateVolumeRequest')
  volume.snapshotRetention = body.integer('snapshot_retention') ?? volume.snapshotRetention
  volume.autoBackupEnabled = body.boolean('auto_backup_enabled') ?? volume.autoBackupEnabled
  volume.updatedAtMs = sim.clock.nowMs()
  return ok(view(volume))
}

function extend(sim: Sim, call: Call): Answer {
  const { volume } = volumeOf(sim, call)
  const sizeGb = call.body('main.extendVolumeRequest').integer('size_gb') ?? 0
  if (sizeGb <= volume.sizeGb) throw invalidArgument('a volume can only grow')
  volume.sizeGb = sizeGb
  volume.updatedAtMs = sim.clock.nowMs()
  return ok({ volume: view(volume), needs_restart: volume.attachedMachineId !== null })
}

function remove(sim: Sim, call: Call): Answer {
  const { app, volume } = volumeOf(sim, call)
  const holder = volume.attachedMachineId === null ? undefined : app.machines.get(volume.attachedMachineId)
  if (holder && holder.state !== 'destroyed')
    throw failedPrecondition(`volume is attached to machine ${holder.id}`)
  app.volumes?.delete(volume.id)
  return ok(view({ ...volume, state: 'pending_destroy' }))
}

function volumeOf(sim: Sim, call: Call): { app: App; volume: Volume } {
  const app = appOf(sim, call)
  const volume = app.volumes?.get(call.param('volume'))
  if (!volume) throw notFound('volume')
  return { app, volume }
}

/** One page: volumes are few here. */
function listOrg(sim: Sim, call: Call): Answer {
  const org = call.param('org')
  requireOrg(sim, call, org)
  const volumes = sim.world
    .appsOf(org)
    .flatMap((app) => [...(app.volumes?.values() ?? [])].map((volume) => ({ app, volume })))
  const last = volumes.at(-1)?.volume
  return ok({
    volumes: volumes.map(({ app, volume }) => ({
      ...view(volume),
      app_name: app.name,
      updated_at: isoTime(volume.updatedAtMs),
    })),
    ...(last && { last_volume_id: last.id, last_updated_at: isoTime(last.updatedAtMs) }),
  })
}

const view = (volume: Volume) => ({
  id: volume.id,
  name: volume.name,
  state: volume.state,
  size_gb: volume.sizeGb,
  region: volume.region,
  zone: volume.zone,
  encrypted: volume.encrypted,
  fstype: 'ext4',
  type: 'local',
  host_status: 'ok',
  snapshot_retention: volume.snapshotRetention,
  auto_backup_enabled: volume.autoBackupEnabled,
  created_at: isoTime(volume.createdAtMs),
  ...(volume.attachedMachineId !== null && { attached_machine_id: volume.attachedMachineId }),
})
