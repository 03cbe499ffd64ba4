/**
 * `hangar.brakes`: engaging and releasing is idempotent. Of any number of callers at once, one is told that it made
 * the change; the alert is raised and resolved in the same transaction, so that there is one for each engaged brake.
 */
import { BRAKE_NAMES, type BrakeName, BRAKES } from '@hangar/core'
import { sql } from 'kysely'
import { raiseAlert, resolveAlert } from './alerts.ts'
import { type Database, inTransaction, type Tx } from './database.ts'
import { retryAfterOutage, wakeHeld } from './held.ts'
import { intervalMs } from './now.ts'

export type BrakeRow = {
  name: BrakeName
  engagedAt: Date | null
  engagedBy: string | null
  reason: string | null
  details: Record<string, unknown>
  ignoredUntil: Date | null
}

export type WhyEngaged = { by: string; reason: string; details?: Record<string, unknown> }

const BRAKE_ALERT = 'brake_engaged'

/** All brakes, engaged or not, in their usual order. */
export async function listBrakes(db: Database | Tx): Promise<BrakeRow[]> {
  const { rows } = await sql<BrakeRow>`
    select name, engaged_at, engaged_by, reason, details, ignored_until from hangar.brakes`.execute(db)
  return rows.sort((a, b) => BRAKE_NAMES.indexOf(a.name) - BRAKE_NAMES.indexOf(b.name))
}

/** The names of those engaged now. */
export async function listEngaged(db: Database | Tx): Promise<BrakeName[]> {
  return (await listBrakes(db)).filter((brake) => brake.engagedAt !== null).map((brake) => brake.name)
}

/** True when it was free, and nobody has asked to ignore its condition for now. */
export function engageBrake(db: Database | Tx, name: BrakeName, why: WhyEngaged): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const details = why.details ?? {}
    const result = await sql`
      update hangar.brakes
      set engaged_at = hangar.now(), engaged_by = ${why.by}, reason = ${why.reason},
        details = ${JSON.stringify(details)}::jsonb, strikes = 0, updated_at = hangar.now()
      where name = ${name} and engaged_at is null
        and (ignored_until is null or ignored_until <= hangar.now())`.execute(tx)
    if (result.numAffectedRows !== 1n) return false
    const message = `${BRAKES[name].summary}: ${why.reason}`
    await raiseAlert(tx, { kind: BRAKE_ALERT, subject: name, severity: 'critical', message, details })
    return true
  })
}

/** One more look that saw its condition; the last of `needed` in a row engages it. True when this one did. */
export function strikeBrake(
  db: Database | Tx,
  name: BrakeName,
  { needed, ...why }: WhyEngaged & { needed: number },
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const { rows } = await sql<{ strikes: number }>`
      update hangar.brakes set strikes = strikes + 1
      where name = ${name} and engaged_at is null returning strikes`.execute(tx)
    const [brake] = rows
    return brake !== undefined && brake.strikes >= needed && engageBrake(tx, name, why)
  })
}

/** A look that did not see its condition. */
export async function clearStrikes(db: Database | Tx, name: BrakeName): Promise<void> {
  await sql`update hangar.brakes set strikes = 0 where name = ${name} and strikes > 0`.execute(db)
}

/**
 * Lets go, and makes those it held due; with the end of an outage also those whom the outage failed. `ignoreForMs`:
 * how long its condition is not looked at again, so that a brake an operator has released does not engage again on
 * what they have just judged. True when it was engaged.
 */
export function releaseBrake(
  db: Database | Tx,
  name: BrakeName,
  { ignoreForMs = 0 }: { ignoreForMs?: number } = {},
): Promise<boolean> {
  return inTransaction(db, async (tx) => {
    const result = await sql`
      update hangar.brakes
      set engaged_at = null, engaged_by = null, reason = null, details = '{}', strikes = 0,
        updated_at = hangar.now(),
        ignored_until = ${ignoreForMs > 0 ? sql`hangar.now() + ${intervalMs(ignoreForMs)}` : sql`null`}
      where name = ${name} and engaged_at is not null`.execute(tx)
    if (result.numAffectedRows !== 1n) return false
    await resolveAlert(tx, BRAKE_ALERT, name)
    await wakeHeld(tx, [name])
    if (name === 'fly_unreachable') await retryAfterOutage(tx)
    return true
  })
}

/** Makes those due whom a run parked in the moment in which the brake let go. */
export async function wakeHeldByNobody(db: Database | Tx): Promise<number> {
  const engaged = await listEngaged(db)
  return wakeHeld(
    db,
    BRAKE_NAMES.filter((name) => !engaged.includes(name)),
  )
}
