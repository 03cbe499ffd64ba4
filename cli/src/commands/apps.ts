/** hangar apps: who has which app, and what is done to one user's. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { answer } from '../http/client.ts'
import type { components } from '../http/schema.generated.ts'
import { colourOf } from '../output/paint.ts'
import { type Column, renderTable } from '../output/table.ts'

type ListedApp = components['schemas']['ListedApp']

export function register(program: Command, context: Context): void {
  const apps = program.command('apps').description("users' apps")
  apps
    .command('list')
    .description('apps, filtered and sorted')
    .option('--limit <count>', 'at most so many', '50')
    .action(async (options: { limit: string }) => {
      const query = { limit: Number(options.limit) }
      const page = await answer(context.api().GET('/v1/apps', { params: { query } }))
      context.output.result(page, (how) => renderTable(COLUMNS, page.items, how))
    })
}

const COLUMNS: Column<ListedApp>[] = [
  { title: 'APP', value: (app) => app.fly_app_name },
  { title: 'STATUS', value: (app) => app.status, colour: (app) => colourOf(app.status) },
]
