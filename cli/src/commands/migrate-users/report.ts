/** What became of each user, as a file. */
import { writeFile } from 'node:fs/promises'
import type { Context } from '../../context.ts'
import { CliError, EXIT } from '../../exit.ts'
import { answer } from '../../http/client.ts'

/** Before anything is done: nobody should find out at the end. */
export function checkReportFile(file: string): void {
  if (!/\.(json|csv)$/.test(file))
    throw new CliError(EXIT.usage, `--report takes a file that ends in .json or .csv, not ${file}.`)
}

export async function writeReport(context: Context, id: number, file: string): Promise<void> {
  const call = { params: { path: { id: String(id) } }, parseAs: 'text' } as const
  const api = context.api()
  const text = await answer(
    file.endsWith('.csv')
      ? api.GET('/v1/migrations/{id}/report.csv', call)
      : (api.GET('/v1/migrations/{id}/report.json', call) as Promise<{ data?: string }>),
  )
  try {
    await writeFile(file, text)
  } catch (cause) {
    throw new CliError(
      EXIT.noInput,
      `${file} cannot be written (${(cause as NodeJS.ErrnoException).code ?? ''}).`,
      {
        cause,
        hints: [`Again: hangar migrate-users --follow ${id} --report FILE`],
      },
    )
  }
  context.output.note(`Wrote ${file}.`)
}
