/** Migrations that are there already. */
import type { Context } from '../../context.ts'
import { answer } from '../../http/client.ts'
import type { ChangeOptions } from '../../options.ts'
import { colourOf } from '../../output/paint.ts'
import { type Column, renderTable } from '../../output/table.ts'
import { tally, when } from '../../output/words.ts'
import { changeParams, unlessDry } from '../change.ts'
import type { Migration } from './follow.ts'

/** More than anybody looks through. */
const SHOWN = 50

export async function list(context: Context): Promise<void> {
  const query = { limit: SHOWN }
  const page = await answer(context.api().GET('/v1/migrations', { params: { query } }))
  context.output.result(page, (how) =>
    page.items.length === 0 ? 'No migrations.' : renderTable(COLUMNS, page.items, how),
  )
}

export async function changeState(
  context: Context,
  id: number,
  verb: 'pause' | 'resume' | 'cancel',
  options: ChangeOptions,
): Promise<void> {
  const params = { path: { id: String(id) }, ...changeParams(options) }
  const body = options.reason === undefined ? {} : { reason: options.reason }
  const api = context.api()
  const paths = {
    pause: '/v1/migrations/{id}/pause',
    resume: '/v1/migrations/{id}/resume',
    cancel: '/v1/migrations/{id}/cancel',
  } as const
  const result = await answer(api.POST(paths[verb], { params, body }))
  const { migration } = result
  const said = `Migration ${id} is ${migration.state}${result.changed ? '' : ', as it was'}: ${tally(migration.counts)}.`
  // What follows after a resume is the result.
  if (verb === 'resume' && options.dryRun !== true) context.output.note(said)
  else context.output.result(result, () => unlessDry(options.dryRun, said))
}

const COLUMNS: Column<Migration>[] = [
  { title: 'ID', value: (row) => row.id, align: 'right' },
  { title: 'STATE', value: (row) => row.state, colour: (row) => colourOf(row.state) },
  { title: 'WAVE', value: (row) => `${Math.min(row.wave, row.waves)}/${row.waves}` },
  { title: 'USERS', value: (row) => tally(row.counts) },
  { title: 'BEGAN', value: (row) => when(row.created_at) },
  { title: 'ENDED', value: (row) => when(row.ended_at) },
  { title: 'BY', value: (row) => row.created_by, gives: 12 },
  { title: 'REASON', value: (row) => row.reason, gives: 12 },
]
