import type { Command } from 'commander'
import { APP_STATUSES, HEALTH_STATUSES } from '@hangar/core'
import type { Context } from '../../context.ts'
import { answer } from '../../http/client.ts'
import { collect } from '../../http/pages.ts'
import type { components, operations } from '../../http/schema.generated.ts'
import {
  type DirectOption,
  type ListOptions,
  takesDirect,
  takesLimit,
  withExamples,
  wordsOf,
} from '../../options.ts'
import { colourOf } from '../../output/paint.ts'
import { type Column, renderTable } from '../../output/table.ts'
import { counted, usd, when } from '../../output/words.ts'

/** What both ways know of an app. */
export type AppLine = Pick<
  components['schemas']['ListedApp'],
  | 'attention'
  | 'email'
  | 'fly_app_name'
  | 'generation'
  | 'health_status'
  | 'monthly_cost_estimate_usd'
  | 'region'
  | 'status'
  | 'tier'
  | 'updated_at'
  | 'user_id'
>

type Query = NonNullable<operations['get-v1-apps']['parameters']['query']>
type Sort = NonNullable<Query['sort']>
type Filters = Pick<Query, 'q' | 'status' | 'health' | 'tier' | 'region' | 'attention'>
export type AppListOptions = Filters & ListOptions & { sort: Sort }

const ATTENTIONS = ['failing', 'parked', 'drift', 'override', 'stuck', 'unhealthy'] as const
const SORTS = [
  'id',
  'created_at',
  'updated_at',
  'email',
  'name',
  'status',
  'health',
  'tier',
  'region',
  'cost',
]

export function registerList(apps: Command, context: Context): void {
  const command = apps
    .command('list')
    .alias('ls')
    .description('apps, filtered and sorted')
    .option('-q, --q <text>', "a part of the mail address, of the app's name, or of the user's id")
    .option('--status <words>', APP_STATUSES.join(', '), wordsOf(APP_STATUSES))
    .option('--health <words>', HEALTH_STATUSES.join(', '), wordsOf(HEALTH_STATUSES))
    .option('--tier <words>', 'a tier, or several with a comma between')
    .option('--region <words>', 'a region of Fly, or several with a comma between')
    .option('--attention <words>', `why to look: ${ATTENTIONS.join(', ')}`, wordsOf(ATTENTIONS))
    .option('--sort <field>', `${SORTS.join(', ')}; with a minus before it, falling`, sortField, 'id')
    .action(async ({ direct = false, ...options }: AppListOptions & DirectOption) => {
      const page = direct ? await directly(context, options) : await overApi(context, options)
      context.output.result(page, (how) => {
        const more = page.next_cursor === null ? '' : ' There are more: --limit, --all.'
        return `${renderTable(COLUMNS, page.items, how)}\n\n${counted(page.items.length, 'app')}.${more}`
      })
    })
  takesDirect(takesLimit(command))
  withExamples(
    command,
    'hangar apps list --attention failing,stuck',
    'hangar apps list --tier elite --sort -cost --limit 10',
    'hangar apps list --all --json',
  )
}

function overApi(context: Context, { limit, all = false, ...query }: AppListOptions) {
  const api = context.api()
  return collect((page) => answer(api.GET('/v1/apps', { params: { query: { ...query, ...page } } })), {
    limit,
    all,
  })
}

async function directly(context: Context, options: AppListOptions) {
  const { listAppsDirectly } = await import('../../direct/apps.ts')
  return listAppsDirectly(context, options)
}

const sortField = (text: string): string => wordsOf(SORTS)(text.replace(/^-/, '')) && text

const COLUMNS: Column<AppLine>[] = [
  { title: 'APP', value: (app) => app.fly_app_name },
  { title: 'USER', value: (app) => app.email ?? app.user_id, gives: 12 },
  { title: 'TIER', value: (app) => app.tier },
  { title: 'STATUS', value: (app) => app.status, colour: (app) => colourOf(app.status) },
  { title: 'HEALTH', value: (app) => app.health_status, colour: (app) => colourOf(app.health_status) },
  { title: 'ATTENTION', value: (app) => app.attention.join(',') || null, colour: () => 'yellow', gives: 9 },
  // The day at least.
  { title: 'UPDATED', value: (app) => when(app.updated_at), gives: 11 },
  { title: 'REGION', value: (app) => app.region, gives: 6 },
  { title: 'USD/MONTH', value: (app) => usd(app.monthly_cost_estimate_usd), align: 'right', gives: 9 },
]
