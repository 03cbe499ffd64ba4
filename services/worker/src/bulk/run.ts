/**
 * One turn of a bulk: follow those who were asked, ask as many more as the pace allows, and come back in a moment. Where
 * it stands is in Postgres only, so it may be run by anyone, twice at once, or after a crash at any point.
 *
 *   look ─▶ follow ─▶ held by a brake: nobody is asked
 *     │        └────▶ ask, one transaction for each: facts ─▶ not eligible (any more): skipped
 *     │                                                 └───▶ want raised, item asked ─▶ wake (the relay, if that fails)
 *     └▶ over: nothing to do
 *
 * One with waves asks the users of one wave. What became of them decides whether the next begins, or nobody more is asked.
 */
import { BRAKES, type BrakeName, holdingBrake, judgeForBulk, type Lane, type Policy } from '@hangar/core'
import {
  askForHealth,
  askForRetry,
  askForWork,
  type Asked,
  type BulkItem,
  type BulkRow,
  type Database,
  endBulkIfOver,
  endBulkItem,
  followBulk,
  isLockTimeout,
  listEngaged,
  listLooksToRepeat,
  lookAtBulk,
  putOffBulkItem,
  readFacts,
  recordAsked,
  recordHeld,
  takeBulkTurn,
  turnWave,
  type Tx,
  type UserFacts,
} from '@hangar/db'
import type { Outcome } from '@hangar/jobs'
import type { Logger } from '@hangar/runtime'
import { MAX_RETRIES } from '../reconcile/failure.ts'

export type BulkDeps = {
  db: Database
  policy: Policy
  logger: Logger
  /** Who stops a bulk that stops itself, for the audit log. */
  owner: string
  wake: (userId: string, lane: Lane) => Promise<unknown>
  /** Has the user's app looked at. */
  wakeLook: (userId: string) => Promise<unknown>
}

/** Asked in one turn; the next one comes at once. */
const MOST_ASKED = 100
/** Between two looks at what became of those who were asked. */
const FOLLOW_MS = 1_000
/** Between two looks at one that is paused or held; whoever changes that wakes it, but for brakes. */
const IDLE_MS = 3_000
/** How soon an item is tried again that could not be asked, and how often before it is given up: five minutes in all. */
const PUT_OFF_MS = 15_000
const MOST_TRIES = 20
/** Looks asked for once more in one turn. */
const MOST_REPEATED = 100

export async function runBulk(deps: BulkDeps, bulkId: number, signal: AbortSignal): Promise<Outcome> {
  const bulk = await lookAtBulk(deps.db, bulkId)
  if (!bulk) return { kind: 'done' }
  const followed = await followBulk(deps.db, bulkId, { givenUpAfter: MAX_RETRIES })
  if (bulk.action === 'check_health' && followed > 0) await repeatLooks(deps, bulkId)
  if (bulk.wave !== null && bulk.state === 'running') await turn(deps, bulkId)
  const asked = bulk.state === 'running' ? await askAll(deps, bulk, signal) : { count: 0, waitMs: null }
  if (await endBulkIfOver(deps.db, bulkId)) {
    deps.logger.info({ bulkId, action: bulk.action }, 'bulk over')
    return { kind: 'done' }
  }
  const idleMs = followed + asked.count > 0 ? FOLLOW_MS : IDLE_MS
  const delayMs = Math.min(asked.waitMs ?? idleMs, idleMs)
  return { kind: 'again_after', delayMs, reason: 'the bulk goes on' }
}

async function turn({ db, logger, owner }: BulkDeps, bulkId: number): Promise<void> {
  const { kind, ...what } = await turnWave(db, bulkId, { actor: owner })
  if (kind === 'next') logger.info({ bulkId, ...what }, 'the next wave')
  if (kind === 'stopped')
    logger.warn({ bulkId, ...what }, 'too many failed: the migration has stopped itself')
}

/** `waitMs`: until the next may be asked; null where nobody is to be asked for now. */
type AskedSoFar = { count: number; waitMs: number | null }

async function askAll(deps: BulkDeps, bulk: BulkRow, signal: AbortSignal): Promise<AskedSoFar> {
  let heldBy = bulk.heldBy
  for (let count = 0; count < MOST_ASKED; count++) {
    if (signal.aborted) return { count, waitMs: 0 }
    // Those who were asked a moment ago may have engaged one.
    const brake = holderOf(bulk, await listEngaged(deps.db))
    if (brake !== heldBy) await sayHeld(deps, bulk, brake)
    heldBy = brake
    if (brake !== null) return { count, waitMs: null }
    const turn = await askNext(deps, bulk.id)
    if (turn !== 'next') return { count, waitMs: turn }
  }
  return { count: MOST_ASKED, waitMs: 0 }
}

/** What it does to apps that are not to be is what it is held by; whatever else it asks for needs Fly. */
function holderOf({ action }: BulkRow, engaged: readonly BrakeName[]): BrakeName | null {
  const act = action === 'deprovision' ? 'teardown' : 'anything'
  return holdingBrake(engaged, act, { kind: 'not_entitled' })
}

async function sayHeld({ db, logger }: BulkDeps, { id }: BulkRow, brake: BrakeName | null): Promise<void> {
  await recordHeld(db, id, brake)
  if (brake) logger.warn({ bulkId: id, brake, why: BRAKES[brake].summary }, 'bulk held')
  else logger.info({ bulkId: id }, 'bulk goes on')
}

/** `next`: somebody was asked or left out. A number: nobody may be asked for so many milliseconds. Null: nobody waits. */
async function askNext(deps: BulkDeps, bulkId: number): Promise<'next' | number | null> {
  const { db, logger } = deps
  const now: { item?: BulkItem } = {}
  try {
    const result = await db.transaction().execute(async (tx) => {
      const turn = await takeBulkTurn(tx, bulkId)
      if (turn.kind === 'item') now.item = turn.item
      return turn.kind === 'item' ? askOne(deps, tx, turn) : turn
    })
    if ('kind' in result) return result.kind === 'wait' ? result.ms : null
    await tellWorkers(deps, result)
    return 'next'
  } catch (error) {
    const { item } = now
    // The bulk's own row: somebody else is at it.
    if (!item) {
      if (isLockTimeout(error)) return FOLLOW_MS
      throw error
    }
    // Thrown on where the database is away: then nothing is to be said of this item.
    const tries = await putOffBulkItem(db, item, PUT_OFF_MS)
    const busy = isLockTimeout(error)
    logger[busy ? 'info' : 'warn']({ err: error, bulkId, userId: item.userId, tries }, 'not asked, put off')
    if (tries >= MOST_TRIES)
      await endBulkItem(db, item, {
        state: 'failed',
        code: busy ? 'busy' : 'internal',
        detail: busy ? "the user's row was held by somebody else all the time" : 'it could not be asked for',
      })
    return 'next'
  }
}

type AskedOne = { action: BulkRow['action']; userId: string; asked: Asked | null }

/** On the facts of this moment, not of when the bulk was made. */
async function askOne(
  { policy }: BulkDeps,
  tx: Tx,
  { bulk, item }: { bulk: BulkRow; item: BulkItem },
): Promise<AskedOne> {
  const { userId } = item
  const facts = await readFacts(tx, userId)
  const verdict = judgeForBulk(bulk, facts, policy)
  const asked = verdict.eligible ? await ask(tx, bulk, facts, policy) : null
  if (asked?.wantedVersion != null) await recordAsked(tx, item, asked.wantedVersion)
  else {
    const why = verdict.eligible
      ? { code: 'nothing_to_do', detail: 'there is nothing to do for this user' }
      : { code: verdict.code, detail: verdict.text }
    await endBulkItem(tx, item, { state: 'skipped', ...why })
  }
  return { action: bulk.action, userId, asked }
}

function ask(tx: Tx, bulk: BulkRow, facts: UserFacts, policy: Policy): Promise<Asked> {
  const { action, force, actor, requestId, reason } = bulk
  const by = { actor, requestId, reason, bulkId: bulk.id }
  const how = { by, dryRun: false, policy }
  if (action === 'retry') return askForRetry(tx, facts, how)
  if (action === 'check_health') return askForHealth(tx, facts, how)
  const intent = action === 'migrate' ? 'provision' : action
  return askForWork(tx, facts, { intent, force, source: 'operator' }, how)
}

/** What does not arrive is found by the relay, or repeated. */
async function tellWorkers(deps: BulkDeps, { action, userId, asked }: AskedOne): Promise<void> {
  if (asked?.wantedVersion == null) return
  try {
    if (action === 'check_health') await deps.wakeLook(userId)
    await deps.wake(userId, asked.lane)
  } catch (err) {
    deps.logger.warn({ err, userId }, 'Redis is away; the relay will wake the lane')
  }
}

async function repeatLooks({ db, wakeLook, logger }: BulkDeps, bulkId: number): Promise<void> {
  for (const userId of await listLooksToRepeat(db, bulkId, MOST_REPEATED))
    await wakeLook(userId).catch((err: unknown) => logger.warn({ err, userId }, 'not asked to look again'))
}
