/**
 * The waves of a bulk that has any: only the users of one are asked, and the next begins, after its pause, when all of
 * them have come to an end. Places tell the waves apart, so that a wave is a range of the items' key.
 *
 *   1 ─ over ─▶ (pause) 2 ─ over ─▶ … ─▶ the last ─▶ the bulk is over
 *   └─ too many have failed ─▶ paused, `failure_share`; goes on where it was when somebody resumes it
 *
 * Where nobody is left to be asked there is nothing to pause: then it is over, and is told of all the same.
 */
import { ALERT_KINDS, judgeWave, type WaveCounts } from '@hangar/core'
import { type RawBuilder, sql } from 'kysely'
import { raiseAlert } from './alerts.ts'
import { insertAudit } from './audit.ts'
import { BULK_COLUMNS, type BulkRow } from './bulks.ts'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'
import { onlyRow } from './rows.ts'

type InWaves = Extract<BulkRow, { wave: number }>

/** Of rows of hangar.bulk_items: those that may be asked now. */
export function isInWave({ wave, waveSize }: BulkRow): RawBuilder<boolean> {
  if (wave === null) return sql<boolean>`true`
  return sql<boolean>`place > ${(wave - 1) * waveSize} and place <= ${wave * waveSize}`
}

/** How many there are to be, as it was made. */
export const countWaves = ({ waveUsers, waveSize }: Pick<InWaves, 'waveUsers' | 'waveSize'>): number =>
  Math.ceil(waveUsers / waveSize)

export type WaveTurn =
  | { kind: 'goes_on' }
  | { kind: 'next'; wave: number }
  | { kind: 'stopped'; wave: number; failed: number; ended: number }

/** Goes on to the next wave, or stops, if that is due. Whoever asks holds the same row, so it is due for one alone. */
export function turnWave(db: Database, id: number, { actor }: { actor: string }): Promise<WaveTurn> {
  return db.transaction().execute(async (tx): Promise<WaveTurn> => {
    const { rows } = await sql<BulkRow>`
      select ${BULK_COLUMNS} from hangar.bulks bulk where id = ${id} for update`.execute(tx)
    const [bulk] = rows
    if (bulk?.state !== 'running' || bulk.wave === null) return { kind: 'goes_on' }
    const wave = await countEnds(tx, bulk, isInWave(bulk))
    // Most turns end here, having read one wave.
    if (judgeWave(wave, { done: 0, failed: 0 }, bulk.stopOnFailureShare) === 'goes_on')
      return { kind: 'goes_on' }
    const next = await findNextPlace(tx, id)
    // Nobody is left to be asked: there is nothing to stop, and no wave to go on to. What failed is told of at the end.
    if (next === null) return { kind: 'goes_on' }
    const all = await countEnds(tx, bulk, sql`true`)
    if (judgeWave(wave, all, bulk.stopOnFailureShare) === 'failing')
      return stop(tx, bulk, { wave, all, actor })
    return begin(tx, bulk, Math.ceil(next / bulk.waveSize))
  })
}

async function countEnds(tx: Tx, { id }: InWaves, which: RawBuilder<unknown>) {
  const counted = sql`ended_at > (select failures_since from hangar.bulks where id = ${id})`
  const { rows } = await sql<WaveCounts>`
    select count(*) filter (where state = 'waiting') as waiting, count(*) filter (where state = 'asked') as asked,
      count(*) filter (where state = 'done' and ${counted}) as done,
      count(*) filter (where state = 'failed' and ${counted}) as failed
    from hangar.bulk_items where bulk_id = ${id} and ${which}`.execute(tx)
  return onlyRow(rows)
}

async function findNextPlace(tx: Tx, id: number): Promise<number | null> {
  const { rows } = await sql<{ place: number }>`
    select place from hangar.bulk_items where bulk_id = ${id} and state = 'waiting' order by place limit 1`.execute(
    tx,
  )
  return rows[0]?.place ?? null
}

async function begin(tx: Tx, { id, wavePauseMs }: InWaves, wave: number): Promise<WaveTurn> {
  await sql`
    update hangar.bulks set wave = ${wave}, updated_at = hangar.now(),
      next_ask_at = greatest(next_ask_at, hangar.now() + ${intervalMs(wavePauseMs)})
    where id = ${id}`.execute(tx)
  return { kind: 'next', wave }
}

type Failing = { wave: WaveCounts; all: WaveCounts; actor: string }

async function stop(tx: Tx, bulk: InWaves, { wave, all, actor }: Failing): Promise<WaveTurn> {
  const { id } = bulk
  await sql`
    update hangar.bulks set state = 'paused', paused_because = 'failure_share', held_by = null, updated_at = hangar.now()
    where id = ${id}`.execute(tx)
  const details = await tell(tx, bulk, { wave, all, what: 'has stopped itself', rest: `${all.waiting} wait` })
  const after = { ...details, state: 'paused', because: 'failure_share' }
  await insertAudit(tx, {
    actor,
    action: 'migration.stop',
    before: { bulkId: id, state: 'running' },
    after,
  })
  return { kind: 'stopped', wave: bulk.wave, failed: details.failed, ended: details.ended }
}

/** Of one that has just ended: too many of its last wave, or of all, failed, and nobody was left to be spared that. */
export async function tellIfFailed(tx: Tx, bulk: BulkRow): Promise<void> {
  if (bulk.wave === null) return
  const wave = await countEnds(tx, bulk, isInWave(bulk))
  const all = await countEnds(tx, bulk, sql`true`)
  if (judgeWave(wave, all, bulk.stopOnFailureShare) !== 'failing') return
  await tell(tx, bulk, { wave, all, what: 'has ended', rest: 'nobody is left to be asked' })
}

type Told = { wave: WaveCounts; all: WaveCounts; what: string; rest: string }

async function tell(tx: Tx, bulk: InWaves, { wave, all, what, rest }: Told) {
  const { id, stopOnFailureShare: share } = bulk
  const counts = { failed: all.failed, ended: all.done + all.failed }
  const inWave = { failed: wave.failed, ended: wave.done + wave.failed }
  const details = { bulkId: id, wave: bulk.wave, share, ...counts, inWave }
  await raiseAlert(tx, {
    kind: 'migration_stopped',
    subject: String(id),
    severity: ALERT_KINDS.migration_stopped.severity,
    message:
      `migration ${id} ${what} in wave ${bulk.wave} of ${countWaves(bulk)}: of those who came to an end, ` +
      `${inWave.failed} of ${inWave.ended} in this wave and ${counts.failed} of ${counts.ended} in all have failed, ` +
      `and ${rest}`,
    details,
  })
  return details
}

/** What was told of one that has ended is over once everybody has had the time to hear of it: nobody can resume it. */
export async function resolveEndedMigrations(db: Database, olderThanMs: number): Promise<number> {
  const { numAffectedRows } = await sql`
    update hangar.alerts alert set resolved_at = hangar.now() from hangar.bulks bulk
    where alert.kind = 'migration_stopped' and alert.resolved_at is null and alert.subject = bulk.id::text
      and bulk.ended_at is not null and alert.last_at < hangar.now() - ${intervalMs(olderThanMs)}`.execute(db)
  return Number(numAffectedRows ?? 0n)
}
