/** Each piece of what Hangar does by the clock, over a fleet at rest: how long it takes, and how many rows it reads. */
import type { Database } from '@hangar/db'
import type { Store } from '../simulation/database.ts'
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
}

export type AtRest = { users: number; databaseMb: number; pieces: PieceFigures[]; leftOut: string[] }

const ROUNDS = 3
/** What the stand-in in memory has room for. */
export const MOST_ON_FLY = 100_000
const MUCH = 0.1

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
      say(piece.name)
      pieces.push(await measure(fleet, db, piece))
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

async function measure(fleet: Fleet, db: Database, piece: Piece): Promise<PieceFigures> {
  const { sqlClock } = fleet.simulation
  await piece.before?.(fleet)
  const rounds: Omit<PieceFigures, 'name' | 'everyMs' | 'isMuch'>[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const rowsBefore = await rowsRead(fleet)
    const end = fleet.meter.begin()
    const sqlMs = sqlClock.realMs
    await during(fleet, piece.run(fleet, db))
    const { requests, statements } = end()
    const tookMs = sqlClock.realMs - sqlMs
    rounds.push({
      sqlMs: tookMs,
      statements: sumOf(statements),
      requests: sumOf(requests),
      rowsRead: (await rowsRead(fleet)) - rowsBefore,
    })
  }
  const middle = (of: (one: (typeof rounds)[number]) => number) =>
    rounds.map(of).toSorted((a, b) => a - b)[ROUNDS >> 1] ?? NaN
  const { name, everyMs } = piece
  const sqlMs = middle((one) => one.sqlMs)
  return {
    name,
    everyMs,
    sqlMs,
    rowsRead: middle((one) => one.rowsRead),
    statements: middle((one) => one.statements),
    requests: middle((one) => one.requests),
    isMuch: everyMs !== null && sqlMs > everyMs * MUCH,
  }
}

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
