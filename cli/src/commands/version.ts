/** hangar version: of this program, of the API, and of the database's schema. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { EXIT } from '../exit.ts'
import { answer } from '../http/client.ts'
import { type DirectOption, takesDirect, withExamples } from '../options.ts'
import { renderFields } from '../output/table.ts'
import { VERSION } from '../version.ts'

type Schema = { applied: string | null; expected: string }
type Found = { cli: string; api: { version: string; node: string } | null; schema: Schema }

export function register(program: Command, context: Context): void {
  const command = program
    .command('version')
    .description('of this program, of the API, and of the schema that the database has and should have')
    .action(async (options: DirectOption) => {
      const found = options.direct === true ? await directly(context) : await overApi(context)
      context.output.result(found, ({ paint }) => render(found, paint))
      if (found.schema.applied !== found.schema.expected) context.exitCode = EXIT.failed
    })
  withExamples(takesDirect(command), 'hangar version', 'hangar version --direct --json')
}

async function overApi(context: Context): Promise<Found> {
  const { schema, ...api } = await answer(context.api().GET('/v1/version'))
  return { cli: VERSION, api, schema }
}

async function directly(context: Context): Promise<Found> {
  const { findSchemaVersion, readMigrations } = await import('@hangar/db')
  const applied = await findSchemaVersion(await context.database())
  return {
    cli: VERSION,
    api: null,
    schema: { applied, expected: (await readMigrations()).at(-1)?.name ?? '' },
  }
}

function render({ cli, api, schema }: Found, paint: Parameters<typeof renderFields>[1]): string {
  const stands =
    schema.applied === schema.expected ? 'as expected' : `expected ${schema.expected}: npm run migrate`
  return renderFields(
    [
      ['hangar', cli],
      ['API', api === null ? 'not asked' : `${api.version} (Node ${api.node})`],
      ['schema', `${schema.applied ?? 'none'}, ${stands}`],
    ],
    paint,
  )
}
