/** First who, when and at what cost; then a yes; then it is written down, for exactly as many as were shown. */
import { randomUUID } from 'node:crypto'
import type { Context } from '../../context.ts'
import { answer } from '../../http/client.ts'
import { withinLimits } from '../../http/patience.ts'
import { ProblemError } from '../../http/problem.ts'
import type { components, operations } from '../../http/schema.generated.ts'
import { confirm } from '../../output/ask.ts'
import type { Human } from '../../output/output.ts'
import { type Column, renderFields, renderTable } from '../../output/table.ts'
import { counted, howLong, tally, usd } from '../../output/words.ts'
import { changeParams } from '../change.ts'
import { follow } from './follow.ts'
import type { MigrateOptions } from './index.ts'
import { writePreviewReport } from './report.ts'
import { readWhom } from './whom.ts'

type Preview = components['schemas']['MigrationPreview']
type Made = { migration_id: number; migration: components['schemas']['Migration'] }
type Body = NonNullable<operations['post-v1-migrations']['requestBody']>['content']['application/json']
type Planned = components['schemas']['PlannedUser']

/** As many as somebody looks through; `--json` has a thousand. */
const SHOWN = 20

export async function start(context: Context, options: MigrateOptions): Promise<void> {
  const { output } = context
  const body = {
    ...(await readWhom(context, options)),
    ...paceOf(options),
    reason: options.reason ?? 'moved by hangar migrate-users',
  }
  const dry = { params: { query: { dryRun: true } }, body }
  // Whoever looked up many has used the minute's requests up.
  const preview = (await withinLimits(context)(() =>
    answer(context.api().POST('/v1/migrations', dry)),
  )) as Preview
  if (options.dryRun === true) {
    output.result(preview, (how) => renderPreview(preview, how))
    return
  }
  const made =
    preview.eligible === 0
      ? await findMade(context, body, options)
      : await make(context, body, preview, options)
  if (made === null) {
    if (options.report !== undefined) await writePreviewReport(context, preview, options.report)
    output.result(preview, (how) => renderPreview(preview, how))
    return
  }
  output.note(`Migration ${made.migration_id} has begun.`)
  if (options.detach !== true) return follow(context, made.migration_id, options)
  output.result(made.migration, () => `Follow it: hangar migrate-users --follow ${made.migration_id}`)
}

async function make(context: Context, body: Body, preview: Preview, options: MigrateOptions): Promise<Made> {
  const { output } = context
  if (!output.json)
    output.note(
      renderPreview(preview, { paint: output.stderrPaint, width: output.stderr.columns || undefined }),
    )
  if (options.yes !== true) await confirm(context, `Migrate ${counted(preview.eligible, 'user')}?`)
  return create(context, { ...body, expected_eligible: preview.eligible }, options)
}

/** Nobody is left to be moved: under a key that was given, perhaps because they are in the migration that it began. */
async function findMade(context: Context, body: Body, options: MigrateOptions): Promise<Made | null> {
  if (options.idempotencyKey === undefined) return null
  try {
    return await create(context, body, options)
  } catch (error) {
    if (error instanceof ProblemError && error.code === 'bulk_pointless') return null
    throw error
  }
}

async function create(context: Context, body: Body, options: MigrateOptions): Promise<Made> {
  const { idempotencyKey = randomUUID() } = options
  const params = changeParams({ dryRun: false, idempotencyKey })
  return (await withinLimits(context)(() =>
    answer(context.api().POST('/v1/migrations', { params, body })),
  )) as Made
}

function paceOf({ waveSize, wavePause, stopOnFailureShare, perMinute }: MigrateOptions) {
  return {
    ...(waveSize === undefined ? {} : { wave_size: waveSize }),
    ...(wavePause === undefined ? {} : { wave_pause_seconds: wavePause }),
    ...(stopOnFailureShare === undefined ? {} : { stop_on_failure_share: stopOnFailureShare }),
    ...(perMinute === undefined ? {} : { per_minute: perMinute }),
  }
}

function renderPreview(preview: Preview, how: Human): string {
  const shown = preview.users.slice(0, SHOWN)
  const more = preview.total - shown.length
  const facts = renderFields(
    [
      ['to be moved', `${preview.eligible} of ${counted(preview.total, 'user')}`],
      ['left out', tally(preview.ineligible_by_code)],
      ['cost', `${usd(preview.monthly_cost_usd)} a month, an estimate`],
      [
        'waves',
        `${preview.waves} of up to ${counted(preview.wave_size, 'user')}, ${howLong(preview.wave_pause_seconds)} between`,
      ],
      ['pace', `${preview.per_minute} a minute`],
      ['stops itself', `where more than ${Math.round(preview.stop_on_failure_share * 1_000) / 10} % fail`],
      [
        'takes about',
        preview.held_by === null
          ? howLong(preview.eta_seconds)
          : `nobody is asked: the brake ${preview.held_by} is engaged`,
      ],
    ],
    how.paint,
  )
  if (shown.length === 0) return `${facts}\n\nNobody is to be moved.`
  const rest = more > 0 ? `\n… and ${counted(more, 'more user', 'more users')} (--json shows a thousand)` : ''
  const notes =
    preview.ineligible_by_code['already_migrating'] === undefined
      ? ''
      : '\n\nAnother migration goes on: hangar migrate-users --list'
  return `${renderTable(COLUMNS, shown, how)}${rest}\n\n${facts}${notes}`
}

const COLUMNS: Column<Planned>[] = [
  { title: 'USER', value: (row) => row.email ?? row.user_id, gives: 12 },
  { title: 'TIER', value: (row) => row.tier },
  { title: 'WAVE', value: (row) => row.wave, align: 'right' },
  { title: 'APP', value: (row) => row.app_name },
  { title: 'USD/MONTH', value: (row) => usd(row.monthly_cost_usd), align: 'right' },
  { title: 'LEFT OUT', value: (row) => row.text, colour: () => 'yellow', gives: 12 },
]
