/** The machine of a generation: made, found, started, changed. Whatever it is, the row says so before it is used. */
import { type Guest, HangarError, machineName, monthlyCostUsd } from '@hangar/core'
import { hasEventSince } from '@hangar/db'
import { FlyError, isGone, type Machine } from '@hangar/fly-client'
import { type StepResult, flyCall, guard } from '../attempt.ts'
import { isOwnMachine, machineFacts } from '../look.ts'
import { machineConfig } from '../machine-config.ts'
import { guestOf } from '../observe.ts'
import { priceOf, priceOfRow } from '../prices.ts'
import { type StepContext, type StepEvent, record, operation } from './context.ts'

/** A machine that is being destroyed keeps its name until it is gone. */
const NAME_POLL_MS = 1_000
/** It does nothing any more that a drain would be for. */
const KILL_AFTER = '5s'
const UNDRAINED = { drainStartedAt: null, drainToldAt: null } as const

export async function createMachine(context: StepContext): Promise<StepResult> {
  const { guest } = wanted(context)
  const lost = await cameToNothing(context)
  await forgetOldInstance(context)
  if (lost) throw lost
  const machine = await createOrAdopt(context, guest)
  if (machine === null) return { waitMs: NAME_POLL_MS, reason: 'the machine before is being destroyed' }
  // One that was found may have been made for an earlier tier: the row says what it is, so that it is resized.
  const made = machineFacts(context.attempt, context.row, machine).guest ?? guest
  const metadata = { machine_id: machine.id, region: machine.region, guest: made }
  await recordLaunch(context, machine, made, { type: `${operation(context)}_machine_created`, metadata })
  return 'next'
}

/**
 * Writes the whole configuration with the new guest; Fly starts the machine under a new instance id. The drain is
 * over by the time the instance runs, and its heartbeats count from here: both may come before Fly's answer does.
 */
export async function updateMachine(context: StepContext, machineId: string): Promise<StepResult> {
  const { attempt, row } = context
  const { guest } = wanted(context)
  const launching = { launchedAt: 'now', startedAt: null, ...UNDRAINED } as const
  await record(context, launching, [], { clearDrained: true })
  const update = { config: machineConfig(attempt.deps.settings, row, guest) }
  const machine = await attempt.deps.fly.machines.update(row.flyAppName, machineId, update, flyCall(attempt))
  const metadata = { machine_id: machineId, from: guestOf(row), to: guest }
  const launchedAt = context.seen.row?.launchedAt ?? 'now'
  await recordLaunch(context, machine, guest, { type: 'resize_machine_updated', metadata }, launchedAt)
  return 'next'
}

/** Writes down a machine that this pass found on Fly: the call that made or changed it never got its answer. */
export async function adoptMachine(context: StepContext, machineId: string): Promise<StepResult> {
  const { attempt, row, seen } = context
  const machine = seen.machines.find((one) => one.id === machineId)
  if (!machine) return 'replan'
  const guest = machineFacts(attempt, row, machine).guest ?? guestOf(row)
  const what = machineId === row.flyMachineId ? 'machine_updated' : 'machine_created'
  const metadata = { machine_id: machineId, guest, adopted: true }
  await recordLaunch(context, machine, guest, { type: `${operation(context)}_${what}`, metadata })
  return 'replan'
}

export async function startMachine(context: StepContext, machineId: string): Promise<StepResult> {
  const { attempt, row } = context
  await attempt.deps.fly.machines.start(row.flyAppName, machineId, flyCall(attempt))
  const event = { type: `${operation(context)}_machine_launched`, metadata: { machine_id: machineId } }
  const cost = priceOfRow(attempt.deps.settings, row, 'stored')
  await record(context, { launchedAt: 'now', startedAt: null }, event, { cost, clearDrained: true })
  return 'next'
}

/** It idles: it was told that another had taken its place, or has drained unasked. A new process asks anew. */
export async function restartMachine(context: StepContext, machineId: string): Promise<StepResult> {
  const { attempt, row } = context
  const how = { signal: 'SIGTERM', timeout: KILL_AFTER } as const
  await attempt.deps.fly.machines.restart(row.flyAppName, machineId, how, flyCall(attempt))
  const event = { type: `${operation(context)}_machine_restarted`, metadata: { machine_id: machineId } }
  const anew = { takeUpAgain: true, clearDrained: true } as const
  await record(context, { launchedAt: 'now', startedAt: null }, event, anew)
  return 'next'
}

/**
 * A machine that we made and that was gone before it started, as with an image that cannot be launched: a failed
 * attempt. Made anew without a word, it would be made anew for ever; counted twice, the next attempt would only count.
 */
async function cameToNothing(context: StepContext): Promise<HangarError | null> {
  const { attempt, row } = context
  if (row.flyMachineId === null || row.launchedAt === null || row.startedAt !== null) return null
  const { db } = attempt.deps
  const [launchedAt, work] = [row.launchedAt, operation(context)]
  const happened = (what: string) => hasEventSince(db, row.id, `${work}_${what}`, launchedAt)
  if (!(await happened('machine_created'))) return null
  if ((await happened('retried')) || (await happened('failed'))) return null
  return new HangarError('machine_lost', {
    operator: `machine ${row.flyMachineId} was gone before it had started; look at the image ${row.image}`,
  })
}

/** The machine that comes next must be nobody to the shim until its id is on record, and must not find a drain. */
async function forgetOldInstance(context: StepContext): Promise<void> {
  const { row } = context
  if (row.flyMachineId === null && row.drainStartedAt === null) return
  const nobody = { flyMachineId: null, flyInstanceId: null, startedAt: null, ...UNDRAINED }
  await record(context, nobody, [], { cost: null, clearDrained: true })
}

function wanted({ attempt, row }: StepContext): { guest: Guest; tier: string } {
  const { entitlement } = attempt
  return entitlement.kind === 'entitled' ? entitlement : { guest: guestOf(row), tier: row.tier }
}

/** A machine in a new life: what it is and costs, and nothing of the drain, health or heartbeat of the one before. */
async function recordLaunch(
  context: StepContext,
  machine: Machine,
  guest: Guest,
  event: StepEvent,
  launchedAt: Date | 'now' = 'now',
): Promise<void> {
  const { attempt, row } = context
  const { settings } = attempt.deps
  const region = machine.region || row.region
  const patch = {
    ...guest,
    region,
    tier: wanted(context).tier,
    flyMachineId: machine.id,
    flyInstanceId: machine.instanceId || null,
    monthlyCostEstimateUsd: monthlyCostUsd(settings.priceModel, guest, region).toFixed(2),
    launchedAt,
    startedAt: null,
    ...UNDRAINED,
    healthStatus: 'unknown',
  } as const
  const cost = priceOf(settings, { guest, region }, 'stored')
  await record(context, patch, event, { cost, clearDrained: true })
}

/** Null while the name belongs to a machine on its way out: adopted, it would be gone at the next step. */
async function createOrAdopt(context: StepContext, guest: Guest): Promise<Machine | null> {
  const { attempt, row } = context
  const { fly } = attempt.deps
  const name = machineName(row.flyAppName)
  const config = machineConfig(attempt.deps.settings, row, guest)
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
    const machine = await findHolder(context, error.machineId)
    if (machine === null || isGone(machine)) return null
    if (isOwnMachine(attempt, row, machine)) return machine
    throw new HangarError('app_not_ours', {
      operator: `machine ${machine.id} in ${row.flyAppName} has our name but not our metadata`,
      cause: error,
    })
  }
}

/** Whoever has the name, or null when it has gone in the meantime. */
async function findHolder({ attempt, row }: StepContext, machineId: string): Promise<Machine | null> {
  const call = { ...flyCall(attempt), mayBeGone: true }
  try {
    return await attempt.deps.fly.machines.get(row.flyAppName, machineId, call)
  } catch (error) {
    if (error instanceof FlyError && error.code === 'not_found') return null
    throw error
  }
}
