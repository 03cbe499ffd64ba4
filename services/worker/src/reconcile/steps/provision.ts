/** The steps that bring a generation into being: a row, an app, its secrets, its machine. */
import {
  type Guest,
  HangarError,
  appName,
  appRowId,
  isHangarError,
  monthlyCostUsd,
  shimToken,
  shutdownToken,
} from '@hangar/core'
import {
  type AppRow,
  endOrphan,
  findLostApp,
  insertApp,
  insertEvent,
  nextGeneration,
  type OrphanRow,
  recordBootstrap,
  type Tx,
} from '@hangar/db'
import { FlyError } from '@hangar/fly-client'
import { type Attempt, type StepResult, flyCall, flyLook, guard, write } from '../attempt.ts'
import { ownerOf } from '../look.ts'
import type { Observation } from '../observe.ts'
import { type StepContext, record, operation } from './context.ts'

/** Names given up before something is plainly wrong; one in about 2.8e12 is taken by chance. */
const MAX_NAME_CANDIDATES = 10

/** What the new row is called. `lost`: the app is on Fly already, and the row that knew of it was lost. */
type Identity = { generation: number; name: string; lost: OrphanRow | null }

/**
 * The row comes before anything on Fly, so that nothing can exist there that no row knows of. Where the database was
 * restored to before a row was made, its app is still there: the user gets that one back, and not a second one.
 */
export async function reserve(attempt: Attempt, seen: Observation): Promise<StepResult> {
  for (let candidate = 0; candidate < MAX_NAME_CANDIDATES; candidate++) {
    try {
      const { row, adopted } = await write(attempt, (tx) => insertReservation(attempt, tx, candidate))
      attempt.reservedAppId = adopted ? null : row.id
      seen.row = row
      return 'replan'
    } catch (error) {
      if (!isHangarError(error, 'app_name_taken')) throw error
    }
  }
  throw new HangarError('app_name_taken', { operator: `${MAX_NAME_CANDIDATES} names in a row were taken` })
}

async function insertReservation(attempt: Attempt, tx: Tx, candidate: number) {
  const { settings, owner } = attempt.deps
  const { entitlement, userId } = attempt
  if (entitlement.kind !== 'entitled')
    throw new HangarError('internal', { operator: 'reserve without entitlement' })
  const { generation, name, lost } = await identify(attempt, tx, candidate)
  const region = entitlement.region ?? settings.defaultRegion
  const row = await insertApp(tx, {
    id: appRowId({ installationId: settings.installationId, userId, generation }),
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
  if (lost) await adoptLostApp(attempt, tx, row, lost)
  return { row, adopted: lost !== null }
}

async function identify(attempt: Attempt, tx: Tx, candidate: number): Promise<Identity> {
  const lost = candidate === 0 ? await findLostApp(tx, attempt.userId) : null
  if (lost?.generation != null && isOwnName(attempt, lost, lost.generation))
    return { generation: lost.generation, name: lost.appName, lost }
  const generation = await nextGeneration(tx, attempt.userId)
  return { generation, name: nameOf(attempt, generation, candidate), lost: null }
}

/** Metadata can be copied by hand; a name that follows from user and generation, with a network of its own, cannot. */
function isOwnName(attempt: Attempt, lost: OrphanRow, generation: number): boolean {
  return lost.network === lost.appName && candidateNames(attempt, generation).includes(lost.appName)
}

/** Its machines go on with the tokens they have: those follow from the row's id, and that from user and generation. */
async function adoptLostApp(attempt: Attempt, tx: Tx, row: AppRow, lost: OrphanRow): Promise<void> {
  await endOrphan(tx, lost.appName, { state: 'adopted', userFlyAppId: row.id })
  await insertEvent(tx, {
    userFlyAppId: row.id,
    userId: row.userId,
    eventType: 'orphan_adopted',
    status: 'success',
    message: 'on Fly already, and no row knew of it',
    actor: attempt.deps.owner,
    metadata: { app: lost.appName, generation: row.generation, machines: lost.machines.map(({ id }) => id) },
  })
  // It asked for its bootstrap before its row was lost, so it may be trading, and has something to drain.
  const [machine] = lost.machines
  if (machine) await recordBootstrap(tx, row.id, machine.id)
}

function candidateNames(attempt: Attempt, generation: number): string[] {
  return Array.from({ length: MAX_NAME_CANDIDATES }, (_, candidate) => nameOf(attempt, generation, candidate))
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
  const names = candidateNames(attempt, row.generation)
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
    const call = flyLook(attempt)
    return (
      (await ownerOf(attempt, await attempt.deps.fly.apps.get(row.flyAppName, call), row, call)) === 'ours'
    )
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
    { secretsVersion: version ?? null, secretsKeyId: keyRing.current.id },
    { type: `${operation(context)}_secrets_set`, metadata: { names, version } },
  )
  return 'next'
}
