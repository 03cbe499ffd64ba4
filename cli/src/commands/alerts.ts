/** hangar alerts: what somebody should look at. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { answer } from '../http/client.ts'
import { collect } from '../http/pages.ts'
import type { components, operations } from '../http/schema.generated.ts'
import {
  type ChangeOptions,
  countBetween,
  type ListOptions,
  takesChange,
  takesLimit,
  withExamples,
} from '../options.ts'
import { colourOf } from '../output/paint.ts'
import { type Column, renderTable } from '../output/table.ts'
import { counted, when } from '../output/words.ts'
import { changeParams, unlessDry } from './change.ts'

type Alert = components['schemas']['Alert']
type Query = NonNullable<operations['get-v1-alerts']['parameters']['query']>
type Filters = Pick<Query, 'severity' | 'kind' | 'subject'> & { resolved?: boolean }

const ID = countBetween(1, 999_999_999)

export function register(program: Command, context: Context): void {
  const alerts = program.command('alerts').description('what somebody should look at')
  const list = alerts
    .command('list', { isDefault: true })
    .alias('ls')
    .description('those that are open, newest first')
    .option('--severity <severity>', 'info, warning or critical')
    .option('--kind <kind>', 'one kind, as stuck')
    .option('--subject <subject>', "a user's id, an app's or a brake's name")
    .option('--resolved', 'those that are resolved too')
    .action(async ({ limit, all = false, resolved = false, ...filter }: ListOptions & Filters) => {
      const api = context.api()
      const query: Query = { ...filter, state: resolved ? 'all' : 'open' }
      const load = (page: object) =>
        answer(api.GET('/v1/alerts', { params: { query: { ...query, ...page } } }))
      const page = await collect(load, { limit, all })
      context.output.result(page, (how) =>
        page.items.length === 0 ? 'No alerts.' : renderTable(COLUMNS, page.items, how),
      )
    })
  withExamples(takesLimit(list), 'hangar alerts', 'hangar alerts list --severity critical --json')
  const ack = alerts
    .command('ack')
    .description('somebody has seen these; who did so first stands')
    .argument('<ids...>', 'their numbers', (text, before: number[] | undefined) => [
      ...(before ?? []),
      ID(text),
    ])
    .action((ids: number[], options: ChangeOptions) => acknowledge(context, ids, options))
  withExamples(takesChange(ack, { reason: 'none' }), 'hangar alerts ack 41 42')
}

async function acknowledge(context: Context, ids: number[], options: ChangeOptions): Promise<void> {
  const params = changeParams(options)
  const result = await answer(context.api().POST('/v1/alerts/acknowledge', { params, body: { ids } }))
  context.output.result(result, () =>
    unlessDry(options.dryRun, `${counted(result.items.length, 'alert')} acknowledged.`),
  )
  if (result.unknown_ids.length === 0) return
  throw new CliError(EXIT.noInput, `There is no alert ${result.unknown_ids.join(', ')}.`)
}

const COLUMNS: Column<Alert>[] = [
  { title: 'ID', value: (row) => row.id, align: 'right' },
  { title: 'SEVERITY', value: (row) => row.severity, colour: (row) => colourOf(row.severity) },
  { title: 'KIND', value: (row) => row.kind },
  { title: 'SUBJECT', value: (row) => row.subject || 'the fleet', gives: 12 },
  { title: 'LAST', value: (row) => when(row.last_at) },
  { title: 'TIMES', value: (row) => row.times, align: 'right' },
  { title: 'SEEN BY', value: (row) => row.acknowledged_by },
  { title: 'MESSAGE', value: (row) => row.message, gives: 12 },
]
