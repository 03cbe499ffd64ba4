/** Each piece of what Hangar does by the clock, over a fleet at rest: how long it takes, and how many rows it reads. */
import type { Database } from '@hangar/db'
import type { Store } from '../simulation/database.ts'
import { realClearTimeout, realSetTimeout } from '../simulation/global-timers.ts'
import { newActor } from '../simulation/virtual-time.ts'
import { ask, during, type Fleet } from './fleet.ts'
import { startFullFleet } from './full-fleet.ts'
import { sumOf } from './meter.ts'
import { type Piece, PIECES } from './pieces.ts'

export type PieceFigures = {
  name: string
  everyMs: number | null
  /** Medians. In PostgreSQL, from a statement's sending to its answer; what Fly's stand-in needs is in neither. */
  sqlMs: number
  rowsRead: number
  statements: number
  requests: number
  /** More than a tenth of its interval. */
  isMuch: boolean
  /** It was cut off: it takes longer than this, and reads more. */
  isCutOff: boolean
}

export type AtRest = { users: number; databaseMb: number; pieces: PieceFigures[]; leftOut: string[] }

const ROUNDS = 3
/** What the stand-in in memory has room for. */
export const MOST_ON_FLY = 100_000
const MUCH = 0.1
/** Real time. A piece that takes longer is cut off where it can be, between two statements; one long round is enough. */
const MOST_MS = 120_000
const LONG_MS = 20_000

export async function measureAtRest(options: {
  store: Store
  databaseUrl: string
  users: number
  say: (line: string) => void
}): Promise<AtRest> {
  const { users, say } = options
  const onFly = users <= MOST_ON_FLY
  const fleet = await startFullFleet({ ...options, onFly })
  try {
    const db = fleet.simulation.databaseFor(newActor('piece'))
    const pieces: PieceFigures[] = []
    for (const piece of PIECES) {
      if (piece.asksFly === true && !onFly) continue
      const figures = await measure(fleet, db, piece)
      say(`${piece.name}: ${Math.round(figures.sqlMs)} ms, ${figures.rowsRead} rows`)
      pieces.push(figures)
    }
    const leftOut = PIECES.filter(({ asksFly }) => asksFly === true && !onFly).map(({ name }) => name)
    const [size] = await ask<{ mb: number }>(
      fleet,
      'select pg_database_size(current_database())::double precision / 1e6 as mb',
    )
    return { users, databaseMb: size?.mb ?? NaN, pieces, leftOut }
  } finally {
    fleet.simulation.stop()
  }
}

type Round = Pick<PieceFigures, 'sqlMs' | 'rowsRead' | 'statements' | 'requests' | 'isCutOff'>

async function measure(fleet: Fleet, db: Database, piece: Piece): Promise<PieceFigures> {
  await piece.before?.(fleet)
  const rounds: Round[] = []
  while (rounds.length < ROUNDS && !rounds.some(({ sqlMs }) => sqlMs > LONG_MS))
    rounds.push(await measureOnce(fleet, db, piece))
  const middle = rounds.toSorted((a, b) => a.sqlMs - b.sqlMs)[rounds.length >> 1] as Round
  const { name, everyMs } = piece
  const isMuch = everyMs !== null && middle.sqlMs > everyMs * MUCH
  return { ...middle, name, everyMs, isMuch, isCutOff: rounds.some(({ isCutOff }) => isCutOff) }
}

async function measureOnce(fleet: Fleet, db: Database, piece: Piece): Promise<Round> {
  const { sqlClock } = fleet.simulation
  const rowsBefore = await rowsRead(fleet)
  const end = fleet.meter.begin()
  const sqlMs = sqlClock.realMs
  const abort = new AbortController()
  const timeout = realSetTimeout(() => abort.abort(new CutOff()), MOST_MS)
  try {
    await during(fleet, piece.run(fleet, db, abort.signal))
  } catch (error) {
    if (!(error instanceof CutOff)) throw error
  } finally {
    realClearTimeout(timeout)
  }
  const { requests, statements } = end()
  return {
    sqlMs: sqlClock.realMs - sqlMs,
    statements: sumOf(statements),
    requests: sumOf(requests),
    rowsRead: (await rowsRead(fleet)) - rowsBefore,
    isCutOff: abort.signal.aborted,
  }
}

class CutOff extends Error {}

/** Of all tables, from one end or by an index, as PostgreSQL counts them; the session's own count is handed in first. */
async function rowsRead(fleet: Fleet): Promise<number> {
  await ask(fleet, 'select pg_stat_force_next_flush()')
  const [row] = await ask<{ rows: number }>(
    fleet,
    `select ((select sum(seq_tup_read) from pg_stat_user_tables)
       + (select sum(idx_tup_read) from pg_stat_user_indexes))::double precision as rows`,
  )
  return row?.rows ?? 0
}
