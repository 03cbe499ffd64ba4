/** Migrations that are there already. */
import type { Context } from '../../context.ts'
import { answer } from '../../http/client.ts'
import type { ChangeOptions, DirectOption } from '../../options.ts'
import { colourOf } from '../../output/paint.ts'
import { type Column, renderTable } from '../../output/table.ts'
import { tally, when } from '../../output/words.ts'
import { changeParams, unlessDry } from '../change.ts'
import type { Migration } from './follow.ts'

/** More than anybody looks through. */
const SHOWN = 50

/** What both ways know of one. */
export type MigrationLine = Pick<
  Migration,
  'id' | 'state' | 'wave' | 'waves' | 'counts' | 'created_at' | 'ended_at' | 'created_by' | 'reason'
>
export type StateChange = { changed: boolean; dry_run: boolean; migration: MigrationLine }

type Verb = 'pause' | 'resume' | 'cancel'

export async function list(context: Context, { direct = false }: DirectOption): Promise<void> {
  const page = direct ? await listDirectly(context) : await listOverApi(context)
  context.output.result(page, (how) =>
    page.items.length === 0 ? 'No migrations.' : renderTable(COLUMNS, page.items, how),
  )
}

function listOverApi(context: Context): Promise<{ items: MigrationLine[] }> {
  const query = { limit: SHOWN }
  return answer(context.api().GET('/v1/migrations', { params: { query } }))
}

async function listDirectly(context: Context): Promise<{ items: MigrationLine[] }> {
  const { listMigrationsDirectly } = await import('../../direct/migrations.ts')
  return listMigrationsDirectly(context, SHOWN)
}

export async function changeState(
  context: Context,
  id: number,
  verb: Verb,
  options: ChangeOptions & DirectOption,
): Promise<void> {
  const result =
    options.direct === true && verb !== 'resume'
      ? await changeDirectly(context, id, verb, options)
      : await changeOverApi(context, id, verb, options)
  const { migration } = result
  const said = `Migration ${id} is ${migration.state}${result.changed ? '' : ', as it was'}: ${tally(migration.counts)}.`
  // What follows after a resume is the result.
  if (verb === 'resume' && options.dryRun !== true) context.output.note(said)
  else context.output.result(result, () => unlessDry(options.dryRun, said))
}

function changeOverApi(
  context: Context,
  id: number,
  verb: Verb,
  options: ChangeOptions,
): Promise<StateChange> {
  const params = { path: { id: String(id) }, ...changeParams(options) }
  const body = options.reason === undefined ? {} : { reason: options.reason }
  const paths = {
    pause: '/v1/migrations/{id}/pause',
    resume: '/v1/migrations/{id}/resume',
    cancel: '/v1/migrations/{id}/cancel',
  } as const
  return answer(context.api().POST(paths[verb], { params, body }))
}

async function changeDirectly(
  context: Context,
  id: number,
  verb: Exclude<Verb, 'resume'>,
  options: ChangeOptions,
): Promise<StateChange> {
  const { changeMigrationDirectly } = await import('../../direct/migrations.ts')
  return changeMigrationDirectly(context, id, verb, options)
}

const COLUMNS: Column<MigrationLine>[] = [
  { title: 'ID', value: (row) => row.id, align: 'right' },
  { title: 'STATE', value: (row) => row.state, colour: (row) => colourOf(row.state) },
  { title: 'WAVE', value: (row) => `${Math.min(row.wave, row.waves)}/${row.waves}` },
  { title: 'USERS', value: (row) => tally(row.counts) },
  { title: 'BEGAN', value: (row) => when(row.created_at) },
  { title: 'ENDED', value: (row) => when(row.ended_at) },
  { title: 'BY', value: (row) => row.created_by, gives: 12 },
  { title: 'REASON', value: (row) => row.reason, gives: 12 },
]
