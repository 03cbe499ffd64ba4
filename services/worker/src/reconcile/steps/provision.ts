/** The steps that bring a generation into being: a row, an app, its secrets, its machine. */
import {
  type Guest,
  HangarError,
  appName,
  isHangarError,
  monthlyCostUsd,
  shimToken,
  shutdownToken,
} from '@hangar/core'
import { type AppRow, insertApp, insertEvent, nextGeneration } from '@hangar/db'
import { FlyError } from '@hangar/fly-client'
import { type Attempt, type StepResult, flyCall, flyLook, guard, write } from '../attempt.ts'
import { ownerOf } from '../look.ts'
import type { Observation } from '../observe.ts'
import { type StepContext, record, operation } from './context.ts'

/** Names given up before something is plainly wrong; one in about 2.8e12 is taken by chance. */
const MAX_NAME_CANDIDATES = 10

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
    { secretsVersion: version ?? null },
    { type: `${operation(context)}_secrets_set`, metadata: { names, version } },
  )
  return 'next'
}
