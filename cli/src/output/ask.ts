/** A question that takes a yes before something large begins. */
import { createInterface } from 'node:readline/promises'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'

/** Where nobody sits at a terminal, `--yes` has to have said it. */
export async function confirm({ stdin, output, signal }: Context, question: string): Promise<void> {
  if (stdin.isTTY !== true)
    throw new CliError(EXIT.usage, 'Nobody can be asked here.', {
      hints: ['Look at --dry-run, then say --yes.'],
    })
  output.stderr.write(`${question} [y/N] `)
  const lines = createInterface({ input: stdin })
  try {
    const answer = await lines.question('', { signal })
    if (!/^y(es)?$/i.test(answer.trim())) throw new CliError(EXIT.failed, 'Nothing was done.')
  } finally {
    lines.close()
  }
}
