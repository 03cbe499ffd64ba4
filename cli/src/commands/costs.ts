/** hangar costs: what apps cost, and what is left of what their users pay. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { answer } from '../http/client.ts'
import { collect } from '../http/pages.ts'
import type { components, operations } from '../http/schema.generated.ts'
import { type ListOptions, takesLimit, withExamples } from '../options.ts'
import type { Human } from '../output/output.ts'
import { writeText } from '../output/file.ts'
import { type Column, renderFields, renderTable } from '../output/table.ts'
import { counted, usd, when } from '../output/words.ts'

type Costs = components['schemas']['Costs']
type UserCost = components['schemas']['UserCost']
type Tier = components['schemas']['Profitability']['tiers'][number]
type UsersQuery = NonNullable<operations['get-v1-costs-users']['parameters']['query']>
type MonthOption = { month?: string }

const MONTH = ['--month <month>', 'a month in UTC, as 2026-03; without it, this one'] as const

export function register(program: Command, context: Context): void {
  const costs = program.command('costs').description('what apps cost: the fleet, each user, each tier')
  registerSummary(costs, context)
  registerUsers(costs, context)
  registerTiers(costs, context)
  registerExport(costs, context)
}

function registerSummary(costs: Command, context: Context): void {
  const command = costs
    .command('summary', { isDefault: true })
    .description('today, the month, by tier and machine, forecast, savings')
    .option(...MONTH)
    .action(async (query: MonthOption) => {
      const found = await answer(context.api().GET('/v1/costs', { params: { query } }))
      context.output.result(found, (how) => renderCosts(found, how))
    })
  withExamples(command, 'hangar costs', 'hangar costs --month 2026-03 --json')
}

function registerUsers(costs: Command, context: Context): void {
  const command = costs
    .command('users')
    .description('what each user costs in a month, and what is left of what they pay')
    .option(...MONTH)
    .option('--sort <field>', 'month, forecast, margin or user')
    .option('--order <order>', 'asc or desc')
    .action(async ({ limit, all = false, ...query }: ListOptions & Omit<UsersQuery, 'limit' | 'cursor'>) => {
      const api = context.api()
      const page = await collect(
        (part) => answer(api.GET('/v1/costs/users', { params: { query: { ...query, ...part } } })),
        { limit, all },
      )
      context.output.result(page, (how) => renderTable(USER_COLUMNS, page.items, how))
    })
  withExamples(takesLimit(command), 'hangar costs users --sort margin --order asc --limit 10')
}

function registerTiers(costs: Command, context: Context): void {
  const command = costs
    .command('tiers')
    .description('what users of each tier bring in this month, cost, and leave')
    .action(async () => {
      const found = await answer(context.api().GET('/v1/profitability'))
      const rows = [...found.tiers, { ...found.total, tier: 'all' }]
      context.output.result(found, (how) => renderTable(TIER_COLUMNS, rows, how))
    })
  withExamples(command, 'hangar costs tiers')
}

function registerExport(costs: Command, context: Context): void {
  const command = costs
    .command('export')
    .description('each app of a month as CSV')
    .option(...MONTH)
    .option('-o, --output <file>', 'into a file, instead of standard output')
    .action(async ({ output: file, ...query }: MonthOption & { output?: string }) => {
      const text = await answer(context.api().GET('/v1/costs.csv', { params: { query }, parseAs: 'text' }))
      if (file === undefined) context.output.raw(text)
      else {
        await writeText(file, text)
        context.output.note(`Wrote ${file}.`)
      }
    })
  withExamples(command, 'hangar costs export --month 2026-03 --output march.csv')
}

function renderCosts(costs: Costs, how: Human): string {
  const budget =
    costs.budget &&
    `${usd(costs.budget.monthly_usd)}, ${costs.budget.used_pct} % used, ${costs.budget.forecast_pct} % foreseen`
  const parts = [
    renderFields(
      [
        ['month', costs.month],
        ['so far', usd(costs.month_usd)],
        ['today', usd(costs.today_usd)],
        ['forecast', usd(costs.forecast_usd)],
        ['rate', `${usd(costs.monthly_rate_usd)} for 30 days of what exists now`],
        ['budget', budget ?? 'none'],
        ['machines', `${counted(costs.running, 'app')} running, ${costs.stored} stopped`],
        [
          'saved this month',
          `${usd(costs.savings.month_usd)} by ${counted(costs.savings.apps, 'app')} taken away`,
        ],
        ['priced by', costs.price_model.label],
        ['as of', when(costs.as_of)],
      ],
      how.paint,
    ),
  ]
  if (costs.tiers.length > 0)
    parts.push(
      renderTable(
        [
          { title: 'TIER', value: (row) => row.tier },
          { title: 'USD', value: (row) => row.usd, align: 'right' },
        ],
        costs.tiers,
        how,
      ),
    )
  if (costs.machines.length > 0) parts.push(renderTable(MACHINE_COLUMNS, costs.machines, how))
  return parts.join('\n\n')
}

const MACHINE_COLUMNS: Column<Costs['machines'][number]>[] = [
  { title: 'MACHINE', value: (row) => `${row.cpus} ${row.cpu_kind} CPUs, ${row.memory_mb} MB` },
  { title: 'REGION', value: (row) => row.region },
  { title: 'STATE', value: (row) => row.state },
  { title: 'HOURS', value: (row) => row.hours, align: 'right' },
  { title: 'USD', value: (row) => row.usd, align: 'right' },
]

const USER_COLUMNS: Column<UserCost>[] = [
  { title: 'USER', value: (row) => row.email ?? row.user_id, gives: 12 },
  { title: 'TIER', value: (row) => row.tier },
  { title: 'MONTH', value: (row) => usd(row.month_usd), align: 'right' },
  { title: 'FORECAST', value: (row) => usd(row.forecast_usd), align: 'right' },
  { title: 'PAYS', value: (row) => usd(row.revenue_usd), align: 'right' },
  { title: 'LEFT', value: (row) => usd(row.margin_usd), align: 'right' },
]

const TIER_COLUMNS: Column<Tier>[] = [
  { title: 'TIER', value: (row) => row.tier },
  { title: 'USERS', value: (row) => row.users, align: 'right' },
  { title: 'COST', value: (row) => usd(row.cost_usd), align: 'right' },
  { title: 'REVENUE', value: (row) => usd(row.revenue_usd), align: 'right' },
  { title: 'LEFT', value: (row) => usd(row.margin_usd), align: 'right' },
]
