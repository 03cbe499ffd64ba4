import { ApiError } from '../http/answer.ts'
import { draw } from '../settings.ts'
import type { Sim } from '../sim.ts'
import type { App, Machine, MachineConfig } from '../world/types.ts'
import { recordEvent } from './events.ts'
import { refuseTakenName } from './names.ts'
import { pickRegion } from './regions.ts'

export type NewMachine = {
  name: string | undefined
  region: string | undefined
  config: MachineConfig
  minSecretsVersion: number
  skipLaunch: boolean
}

export function createMachine(sim: Sim, app: App, wanted: NewMachine): Machine {
  const { world, random, clock, delays } = sim
  const region = pickRegion(wanted.region)
  if (wanted.name !== undefined && wanted.name !== '') refuseTakenName(app.machines, wanted.name)
  refuseOverQuota(sim, app.orgSlug, region, wanted.config)
  const nowMs = clock.nowMs()
  const id = newMachineId(sim)
  const version = random.ulid(nowMs)
  const creating = draw(delays.creatingMs, random) > 0
  const machine: Machine = {
    id,
    appName: app.name,
    orgSlug: app.orgSlug,
    name: wanted.name === undefined || wanted.name === '' ? generatedName(sim) : wanted.name,
    region,
    state: creating && !wanted.skipLaunch ? 'creating' : 'created',
    goal: 'rest',
    config: wanted.config,
    instanceId: version,
    privateIp: privateIp(app, id),
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
    visibleAtMs: nowMs + draw(delays.machineVisibleMs, random),
    events: [],
    versions: [{ version, config: wanted.config }],
    past: [],
    lease: null,
    cordoned: false,
    startedAtMs: null,
    minSecretsVersion: wanted.minSecretsVersion,
    restartCount: 0,
    launchAfterUpdate: true,
    migratedTo: null,
  }
  world.addMachine(app, machine)
  attachVolume(app, machine)
  recordEvent(sim, machine, { type: 'launch', status: 'created', source: 'user' })
  if (!wanted.skipLaunch) sim.lifecycle.launch(machine)
  return machine
}

function newMachineId(sim: Sim): string {
  for (;;) {
    const id = sim.random.hex(14)
    if (!sim.world.machines.has(id)) return id
  }
}

const ADJECTIVES = [
  'autumn',
  'bitter',
  'cold',
  'damp',
  'empty',
  'frosty',
  'icy',
  'late',
  'misty',
  'nameless',
  'quiet',
  'silent',
]
const NOUNS = [
  'bird',
  'brook',
  'cloud',
  'dawn',
  'field',
  'fire',
  'forest',
  'glade',
  'leaf',
  'moon',
  'river',
  'shape',
]

function generatedName(sim: Sim): string {
  const pick = (words: string[]) => words[sim.random.between(0, words.length - 1)]
  return `${pick(ADJECTIVES)}-${pick(NOUNS)}-${sim.random.between(1, 9_999)}`
}

/** An address in the app's 6PN: the network's part from the app's network, the host's part from the machine. */
function privateIp(app: App, machineId: string): string {
  let hash = 0
  for (const character of `${app.orgSlug}/${app.network}`)
    hash = (Math.imul(hash, 31) + character.charCodeAt(0)) >>> 0
  const network = (hash & 0xffff).toString(16)
  const hextets = [machineId.slice(0, 4), machineId.slice(4, 8), machineId.slice(8, 12), machineId.slice(12)]
  return `fdaa:${network}:0:a7b:${hextets.join(':')}`
}

function refuseOverQuota(sim: Sim, orgSlug: string, region: string, config: MachineConfig): void {
  const { machinesPerOrg, memoryMbPerRegion } = sim.quotas
  if (machinesPerOrg === null && memoryMbPerRegion === null) return
  let machines = 0
  let memoryMb = 0
  for (const machine of sim.world.machinesOf(orgSlug)) {
    if (machine.state === 'destroyed') continue
    machines++
    if (machine.region === region) memoryMb += machine.config.guest.memory_mb ?? 0
  }
  if (machinesPerOrg !== null && machines >= machinesPerOrg) {
    throw new ApiError(422, 'Your organization has reached its machine limit. Please contact billing@fly.io')
  }
  if (memoryMbPerRegion !== null && memoryMb + (config.guest.memory_mb ?? 0) > memoryMbPerRegion) {
    throw new ApiError(
      403,
      `organization "${orgSlug}" is using ${memoryMb} MB of memory in ${region} which is over the allowed quota. please consider other regions`,
    )
  }
}

function attachVolume(app: App, machine: Machine): void {
  const wanted = machine.config.mounts?.[0]?.volume
  if (wanted === undefined) return
  const volume = app.volumes?.get(wanted)
  if (!volume) {
    app.machines.delete(machine.id)
    throw new ApiError(400, 'invalid_argument: volume does not exist')
  }
  volume.attachedMachineId = machine.id
}
