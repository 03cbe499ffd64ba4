/** The steps that bring a generation into being: a row, an app, its secrets, its machine. */
import {
  type Guest,
  HangarError,
  appName,
  isHangarError,
  isOwnedBy,
  machineName,
  monthlyCostUsd,
  ownershipMetadata,
  shimToken,
  shutdownToken,
} from '@hangar/core'
import {
  type AppRow,
  clearDrained,
  closeCostInterval,
  insertApp,
  insertEvent,
  nextGeneration,
} from '@hangar/db'
import { FlyError, type Machine, type MachineConfig } from '@hangar/fly-client'
import { type Attempt, type StepResult, flyCall, guard, write } from '../attempt.ts'
import { type Observation, guestOf, isOurs } from '../observe.ts'
import { type StepContext, record, workOf } from './context.ts'

/** Names given up before something is plainly wrong; one in about 2.8e12 is taken by chance. */
const MAX_NAME_CANDIDATES = 10
/** The port every app listens on. */
const APP_PORT = 8080

/** The row comes before anything on Fly, so that nothing can exist there that no row knows of. */
export async function reserve(attempt: Attempt, seen: Observation): Promise<StepResult> {
  for (let candidate = 0; candidate < MAX_NAME_CANDIDATES; candidate++) {
    try {
      const row = await write(attempt, (tx) => insertReservation(attempt, tx, candidate))
      attempt.reservedAppId = row.id
      seen.row = row
      return 'replan'
    } catch (error) {
      if (!isHangarError(error, 'app_name_taken')) throw error
    }
  }
  throw new HangarError('app_name_taken', { operator: `${MAX_NAME_CANDIDATES} names in a row were taken` })
}

async function insertReservation(attempt: Attempt, tx: Parameters<typeof insertApp>[0], candidate: number) {
  const { settings, owner } = attempt.deps
  const { entitlement, userId } = attempt
  if (entitlement.kind !== 'entitled')
    throw new HangarError('internal', { operator: 'reserve without entitlement' })
  const generation = await nextGeneration(tx, userId)
  const name = nameOf(attempt, generation, candidate)
  const region = entitlement.region ?? settings.defaultRegion
  const row = await insertApp(tx, {
    userId,
    generation,
    flyAppName: name,
    // A network name is bound to its network for ever, so it is never shared between users or generations.
    network: name,
    tier: entitlement.tier,
    region,
    image: settings.image,
    ...entitlement.guest,
    monthlyCostEstimateUsd: monthlyEstimate(attempt, entitlement.guest, region),
  })
  await insertEvent(tx, {
    userFlyAppId: row.id,
    userId,
    eventType: 'provision_started',
    status: 'started',
    message: entitlement.reason,
    actor: owner,
    metadata: { generation, app: name, region, guest: entitlement.guest, fence: attempt.lease.fence },
  })
  return row
}

function nameOf(attempt: Attempt, generation: number, candidate: number): string {
  const { appPrefix: prefix, installationId } = attempt.deps.settings
  return appName({ prefix, installationId, userId: attempt.userId, generation, candidate })
}

function monthlyEstimate({ deps: { settings } }: Attempt, guest: Guest, region: string): string {
  return monthlyCostUsd(settings.priceModel, guest, region).toFixed(2)
}

/** The name turned out to be a stranger's. Nothing of ours is on Fly yet, so the row takes the next candidate. */
export async function rename(context: StepContext): Promise<StepResult> {
  const { attempt, row } = context
  const names = Array.from({ length: MAX_NAME_CANDIDATES }, (_, candidate) =>
    nameOf(attempt, row.generation, candidate),
  )
  for (const name of names.slice(names.indexOf(row.flyAppName) + 1)) {
    try {
      const message = `${row.flyAppName} belongs to somebody else; trying ${name}`
      await record(context, { flyAppName: name, network: name }, { type: 'provision_renamed', message })
      return 'replan'
    } catch (error) {
      if (!isHangarError(error, 'app_name_taken')) throw error
    }
  }
  throw new HangarError('app_not_ours', { operator: `every candidate name for ${row.id} is taken` })
}

export async function createApp(context: StepContext): Promise<StepResult> {
  const { attempt, row } = context
  const { fly } = attempt.deps
  let adopted = false
  // From here on something may be on Fly, whatever becomes of the answer.
  attempt.reservedAppId = null
  try {
    await fly.apps.create({ name: row.flyAppName, network: row.network }, flyCall(attempt))
  } catch (error) {
    if (!(error instanceof FlyError) || error.code !== 'name_taken') throw error
    // Ours from an earlier attempt whose answer was lost, or a stranger's: the next look tells which.
    adopted = await ownsApp(attempt, row)
    if (!adopted) return 'replan'
  }
  await record(context, {}, { type: 'provision_app_created', metadata: { app: row.flyAppName, adopted } })
  return 'next'
}

async function ownsApp(attempt: Attempt, row: AppRow): Promise<boolean> {
  await guard(attempt)
  try {
    return await isOurs(attempt, await attempt.deps.fly.apps.get(row.flyAppName, flyCall(attempt)), row)
  } catch (error) {
    if (error instanceof FlyError && error.status === 403) return false
    throw error
  }
}

/** Each app gets its own tokens; running machines do not see them before their next start. */
export async function setSecrets(context: StepContext): Promise<StepResult> {
  const { attempt, row } = context
  const { keyRing, fly } = attempt.deps
  const values = { HANGAR_TOKEN: shimToken(keyRing, row.id), SHUTDOWN_TOKEN: shutdownToken(keyRing, row.id) }
  const { version } = await fly.secrets.set(row.flyAppName, values, flyCall(attempt))
  const names = Object.keys(values)
  await record(
    context,
    { secretsVersion: version ?? null },
    { type: `${workOf(context)}_secrets_set`, metadata: { names, version } },
  )
  return 'next'
}

export async function createMachine(context: StepContext): Promise<StepResult> {
  const { attempt, row } = context
  const guest = attempt.entitlement.kind === 'entitled' ? attempt.entitlement.guest : guestOf(row)
  const machine = await createOrAdopt(context, guest)
  await record(
    context,
    {
      flyMachineId: machine.id,
      flyInstanceId: machine.instanceId || null,
      region: machine.region,
      ...guest,
      monthlyCostEstimateUsd: monthlyEstimate(attempt, guest, machine.region),
      launchedAt: 'now',
      startedAt: null,
    },
    {
      type: `${workOf(context)}_machine_created`,
      metadata: { machine_id: machine.id, region: machine.region, guest },
    },
  )
  return 'next'
}

async function createOrAdopt(context: StepContext, guest: Guest): Promise<Machine> {
  const { attempt, row } = context
  const { fly } = attempt.deps
  const name = machineName(row.flyAppName)
  const config = machineConfig(attempt, row, guest)
  const minimum = row.secretsVersion === null ? {} : { minSecretsVersion: row.secretsVersion }
  try {
    return await fly.machines.create(
      row.flyAppName,
      { name, region: row.region, config, ...minimum },
      flyCall(attempt),
    )
  } catch (error) {
    if (!(error instanceof FlyError) || error.code !== 'machine_name_taken' || !error.machineId) throw error
    // The name may be taken by whoever took over from us: then not even a look is ours to take.
    await guard(attempt)
    const machine = await fly.machines.get(row.flyAppName, error.machineId, flyCall(attempt))
    if (isOwnedBy(machine.config?.metadata, ownershipOf(attempt, row))) return machine
    throw new HangarError('app_not_ours', {
      operator: `machine ${machine.id} in ${row.flyAppName} has our name but not our metadata`,
      cause: error,
    })
  }
}

function ownershipOf({ deps, userId }: Attempt, row: AppRow) {
  return { installationId: deps.settings.installationId, userId, generation: row.generation }
}

/** The whole configuration of a user's machine. No services: it has no public address, and nothing stops it idle. */
export function machineConfig(attempt: Attempt, row: AppRow, guest: Guest): MachineConfig {
  const { settings } = attempt.deps
  const killAfterSeconds = Math.ceil(settings.drainGraceMs / 1000) + 5
  return {
    image: row.image,
    guest: { cpu_kind: guest.cpuKind, cpus: guest.cpus, memory_mb: guest.memoryMb },
    env: {
      USER_ID: row.userId,
      RUN_MODE: 'user_dedicated',
      HANGAR_URL: settings.publicUrl,
      HANGAR_GENERATION: String(row.generation),
      PORT: String(APP_PORT),
    },
    restart: { policy: 'always' },
    // Fly's default of 5 s would cut the drain short (facts: kill timeout, default 5 s, at most 300 s).
    stop_config: { signal: 'SIGTERM', timeout: `${killAfterSeconds}s` },
    metadata: ownershipMetadata(ownershipOf(attempt, row)),
    // Proof of health for an image that sends no heartbeats; it routes nothing and restarts nothing.
    checks: {
      health: {
        type: 'http',
        port: APP_PORT,
        path: '/health',
        interval: '15s',
        timeout: '5s',
        grace_period: '10s',
      },
    },
  }
}

export async function startMachine(context: StepContext, machineId: string): Promise<StepResult> {
  const { attempt, row } = context
  await attempt.deps.fly.machines.start(row.flyAppName, machineId, flyCall(attempt))
  const event = { type: `${workOf(context)}_machine_launched`, metadata: { machine_id: machineId } }
  await record(context, { launchedAt: 'now', startedAt: null }, event)
  return 'next'
}

/** Writes the whole configuration with the new guest; Fly restarts the machine under a new instance id. */
export async function updateMachine(context: StepContext, machineId: string): Promise<StepResult> {
  const { attempt, row } = context
  const { entitlement } = attempt
  const guest = entitlement.kind === 'entitled' ? entitlement.guest : guestOf(row)
  const tier = entitlement.kind === 'entitled' ? entitlement.tier : row.tier
  const config = machineConfig(attempt, row, guest)
  const machine = await attempt.deps.fly.machines.update(
    row.flyAppName,
    machineId,
    { config },
    flyCall(attempt),
  )
  await record(
    context,
    {
      ...guest,
      tier,
      flyInstanceId: machine.instanceId || null,
      drainStartedAt: null,
      launchedAt: 'now',
      startedAt: null,
      healthStatus: 'unknown',
      monthlyCostEstimateUsd: monthlyEstimate(attempt, guest, row.region),
    },
    { type: 'resize_machine_updated', metadata: { machine_id: machineId, from: guestOf(row), to: guest } },
    async (tx) => {
      await closeCostInterval(tx, row.id)
      await clearDrained(tx, row.id)
    },
  )
  return 'next'
}
