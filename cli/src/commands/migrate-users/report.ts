/** What became of each user, as a file. */
import { constants, open, rm } from 'node:fs/promises'
import type { Context } from '../../context.ts'
import { CliError, EXIT } from '../../exit.ts'
import { answer } from '../../http/client.ts'
import type { components } from '../../http/schema.generated.ts'
import { csvLine } from '../../output/csv.ts'
import { cannotWrite, writeText } from '../../output/file.ts'

type Item = components['schemas']['MigrationItem']
type Preview = components['schemas']['MigrationPreview']

/** Before anything is done: nobody should find out at the end. A file that is not there yet is not left there. */
export async function checkReportFile(file: string): Promise<void> {
  if (!/\.(json|csv)$/.test(file))
    throw new CliError(EXIT.usage, `--report takes a file that ends in .json or .csv, not ${file}.`)
  try {
    const made = await open(file, 'wx').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null
      throw error
    })
    await made?.close()
    if (made) await rm(file)
    else await (await open(file, constants.O_WRONLY)).close()
  } catch (error) {
    throw cannotWrite(file, error)
  }
}

export async function writeReport(context: Context, id: number, file: string): Promise<void> {
  const call = { params: { path: { id: String(id) } }, parseAs: 'text' } as const
  const api = context.api()
  const text = await answer(
    file.endsWith('.csv')
      ? api.GET('/v1/migrations/{id}/report.csv', call)
      : (api.GET('/v1/migrations/{id}/report.json', call) as Promise<{ data?: string }>),
  )
  await writeText(file, text, [`Again: hangar migrate-users --follow ${id} --report FILE`])
  context.output.note(`Wrote ${file}.`)
}

/** Of nobody who is to be moved: there is no migration, and why each was left out is in the preview. */
export async function writePreviewReport(
  { output }: Context,
  { users, total }: Preview,
  file: string,
): Promise<void> {
  const items = users.map(itemOf)
  const text = file.endsWith('.csv')
    ? [COLUMNS, ...items.map((item) => COLUMNS.map((name) => item[name]))].map(csvLine).join('')
    : `${JSON.stringify({ migration: null, items })}\n`
  await writeText(file, text)
  const some = total > items.length ? `: the first ${items.length} of ${total} users` : ''
  output.note(`Wrote ${file}${some}.`)
}

/** As the API's own report has them. */
const COLUMNS = [
  'user_id',
  'email',
  'tier',
  'wave',
  'state',
  'code',
  'text',
  'app_name',
  'app_status',
  'monthly_cost_usd',
  'asked_at',
  'at',
] as const satisfies (keyof Item)[]

function itemOf(user: Preview['users'][number]): Item {
  return {
    user_id: user.user_id,
    email: user.email,
    tier: user.tier,
    wave: user.wave,
    state: 'skipped',
    code: user.code,
    text: user.text,
    app_name: user.app_name,
    app_status: null,
    monthly_cost_usd: user.monthly_cost_usd,
    asked_at: null,
    at: null,
  }
}
