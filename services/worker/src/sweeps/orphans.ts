/**
 * Apps on Fly that no live row explains: found and priced on every run; deleted when their row is closed, the grace is
 * over and two whole scans have seen them, or when an operator asked. A scan that Fly answered in part marks nothing
 * as gone and deletes nothing.
 */
import { holdingBrake } from '@hangar/core'
import {
  type Database,
  endOrphan,
  engageBrake,
  findNameHolders,
  isOrphanBeingDeleted,
  listDueOrphans,
  listEngaged,
  listLostNames,
  listUnseenOrphans,
  readDatabaseTime,
  readSettings,
  recordCompleteScan,
  recordOrphans,
  recordOrphanTry,
  type OrphanRow,
} from '@hangar/db'
import { FlyError } from '@hangar/fly-client'
import { deleteOrphan, recordDeleted } from '../orphans/delete.ts'
import { type Scan, scanOrganisation } from '../orphans/scan.ts'
import type { ReconcileDeps } from '../reconcile/deps.ts'

/** Deleted in one run: a mistake at scale shows before it has gone far, and other sweeps wait for this one. */
const MOST_DELETIONS = 20
/** Written in one statement. */
const PAGE = 500
/** Named as the reason of a brake. */
const MOST_NAMES = 5

export type OrphanSummary = {
  found: number
  new: number
  foreign: number
  deleted: number
  kept: number
  complete: boolean
}

/** Null: Fly is known to be unreachable, and was not asked. */
export async function sweepOrphans(deps: ReconcileDeps, signal: AbortSignal): Promise<OrphanSummary | null> {
  const { db, logger } = deps
  if (holdingBrake(await listEngaged(db), 'anything', { kind: 'not_entitled' })) return null
  const beganAt = await readDatabaseTime(db)
  const scan = await scanOrganisation(deps, signal)
  const isNew = await recordAll(deps, scan, beganAt)
  if (scan.complete) {
    await endUnseen(deps, scan, beganAt)
    await tellOfLostRows(deps)
    await recordCompleteScan(db, beganAt)
  }
  const { deleted, kept } = scan.complete ? await deleteDue(deps, signal) : { deleted: 0, kept: 0 }
  const { found, foreign, complete } = scan
  const summary = { found: found.length, new: isNew, foreign: foreign.size, deleted, kept, complete }
  logger.info(summary, 'orphan sweep')
  return summary
}

async function recordAll({ db, logger }: ReconcileDeps, scan: Scan, beganAt: Date): Promise<number> {
  let isNew = 0
  for (let from = 0; from < scan.found.length; from += PAGE) {
    const page = scan.found.slice(from, from + PAGE)
    const news = await recordOrphans(db, page, { beganAt, complete: scan.complete })
    for (const { appName, kind, monthlyCostUsd } of news)
      logger.warn({ app: appName, kind, monthlyCostUsd }, 'orphan found')
    isNew += news.length
  }
  return isNew
}

/** What was an orphan and is none any more: a row has its name, or Fly shows it no more, or no more as ours. */
async function endUnseen({ db, owner }: ReconcileDeps, scan: Scan, beganAt: Date): Promise<void> {
  for (const orphan of await listUnseenOrphans(db, beganAt)) {
    if (!scan.shown.has(orphan.appName)) await endVanished(db, orphan, owner)
    else if (scan.foreign.has(orphan.appName)) await endForeign(db, orphan)
    else await endAdopted(db, orphan)
  }
}

async function endVanished(db: Database, orphan: OrphanRow, owner: string): Promise<void> {
  await db.transaction().execute(async (tx) => {
    if (await isOrphanBeingDeleted(tx, orphan)) await recordDeleted(tx, orphan, owner)
    else await endOrphan(tx, orphan.appName, { state: 'gone' })
  })
}

/** Nobody of ours may delete or adopt it any more, so nobody of ours is told of it for ever. */
function endForeign(db: Database, { appName }: OrphanRow): Promise<boolean> {
  const note = 'it is still on Fly, and nothing there shows any more that it is ours'
  return db.transaction().execute((tx) => endOrphan(tx, appName, { state: 'gone', note }))
}

/** A reservation that ran before the scan found the app may have taken its name by itself: names follow from users. */
async function endAdopted(db: Database, { appName }: OrphanRow): Promise<void> {
  const [holder] = await findNameHolders(db, [appName], { lagMs: 0 })
  if (!holder?.explains) return
  await db
    .transaction()
    .execute((tx) => endOrphan(tx, appName, { state: 'adopted', userFlyAppId: holder.id }))
}

/** Rows come before their apps and are never deleted: an app of ours without one means that the database went back. */
async function tellOfLostRows({ db, logger, owner }: ReconcileDeps): Promise<void> {
  const apps = await listLostNames(db, MOST_NAMES)
  if (apps.length === 0) return
  const reason = `no row ever held the names of these apps of ours: ${apps.join(', ')}`
  if (await engageBrake(db, 'restored', { by: owner, reason, details: { apps } }))
    logger.error({ brake: 'restored', apps }, 'brake engaged')
}

async function deleteDue(
  deps: ReconcileDeps,
  signal: AbortSignal,
): Promise<{ deleted: number; kept: number }> {
  const count = { deleted: 0, kept: 0, later: 0 }
  const { orphans } = await readSettings(deps.db)
  const due = await listDueOrphans(deps.db, { graceMs: orphans.graceMs, limit: MOST_DELETIONS })
  for (const orphan of due) {
    signal.throwIfAborted()
    await recordOrphanTry(deps.db, orphan.appName)
    try {
      count[await deleteOrphan(deps, orphan, signal)]++
    } catch (error) {
      // Whatever became of the call, the next scan finds out; the others need not wait for it.
      if (!(error instanceof FlyError) || signal.aborted) throw error
      deps.logger.warn({ err: error, app: orphan.appName }, 'orphan not deleted')
      count.later++
    }
  }
  return count
}
