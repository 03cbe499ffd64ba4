/** hangar orphans: apps on Fly that no live row explains. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { answer } from '../http/client.ts'
import { collect } from '../http/pages.ts'
import type { components } from '../http/schema.generated.ts'
import { type ChangeOptions, type ListOptions, takesChange, takesLimit, withExamples } from '../options.ts'
import { type Column, renderTable } from '../output/table.ts'
import { counted, usd, when } from '../output/words.ts'
import { changeParams, unlessDry } from './change.ts'

type Orphan = components['schemas']['Orphan']
type State = 'found' | 'deleted' | 'adopted' | 'gone' | 'all'
type Reasoned = ChangeOptions & { reason: string }

export function register(program: Command, context: Context): void {
  const orphans = program.command('orphans').description('apps on Fly that no live row explains')
  const list = orphans
    .command('list', { isDefault: true })
    .alias('ls')
    .description('what was found, what it costs, and when it goes')
    .option('--state <state>', 'found, deleted, adopted, gone or all', 'found')
    .action(async ({ state, limit, all = false }: ListOptions & { state: State }) => {
      const api = context.api()
      const load = (page: object) => answer(api.GET('/v1/orphans', { params: { query: { state, ...page } } }))
      const page = await collect(load, { limit, all })
      context.output.result(page, (how) => {
        const { found, monthly_cost_usd: cost } = page.total
        const sum = `${counted(found, 'app')} found now, ${usd(cost)} a month.`
        return page.items.length === 0 ? sum : `${renderTable(COLUMNS, page.items, how)}\n\n${sum}`
      })
    })
  withExamples(takesLimit(list), 'hangar orphans', 'hangar orphans list --state all --json')
  registerChanges(orphans, context)
}

function registerChanges(orphans: Command, context: Context): void {
  const remove = orphans
    .command('delete')
    .description(
      'have it deleted without waiting for the grace; the worker still deletes only what it can prove ours',
    )
    .argument('<app>', "the app's name on Fly")
    .action(async (appName: string, options: Reasoned) => {
      const params = { path: { appName }, ...changeParams(options) }
      const body = { reason: options.reason }
      const orphan = await answer(context.api().POST('/v1/orphans/{appName}/delete', { params, body }))
      context.output.result(orphan, () =>
        unlessDry(
          options.dryRun,
          `${appName} is to be deleted by the next scan (${orphan.withheld ?? 'nothing speaks against it'}).`,
        ),
      )
    })
  const adopt = orphans
    .command('adopt')
    .description("make it its user's app again")
    .argument('<app>', "the app's name on Fly")
    .action(async (appName: string, options: Reasoned) => {
      const params = { path: { appName }, ...changeParams(options) }
      const body = { reason: options.reason }
      const result = await answer(context.api().POST('/v1/orphans/{appName}/adopt', { params, body }))
      context.output.result(result, () =>
        unlessDry(options.dryRun, `${appName} is the app of ${result.user_id} again.`),
      )
    })
  withExamples(
    takesChange(remove, { reason: 'needed' }),
    "hangar orphans delete vyx-user-24rufjzk --reason 'billed for nothing'",
  )
  withExamples(
    takesChange(adopt, { reason: 'needed' }),
    "hangar orphans adopt vyx-user-24rufjzk --reason 'lost in the restore' --dry-run",
  )
}

const COLUMNS: Column<Orphan>[] = [
  { title: 'APP', value: (row) => row.app_name },
  { title: 'KIND', value: (row) => row.kind },
  { title: 'STATE', value: (row) => row.state },
  { title: 'USER', value: (row) => row.user_id, gives: 12 },
  { title: 'USD/MONTH', value: (row) => usd(row.monthly_cost_usd), align: 'right' },
  { title: 'SEEN SINCE', value: (row) => when(row.first_seen_at) },
  { title: 'GOES', value: (row) => when(row.delete_after) },
  { title: 'WITHHELD', value: (row) => row.withheld, gives: 12 },
]
