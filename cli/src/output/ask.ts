/** A question that takes a yes before something large begins. */
import { createInterface } from 'node:readline'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'

/** Where nobody sits at a terminal, `--yes` has to have said it. */
export async function confirm({ stdin, output, signal }: Context, question: string): Promise<void> {
  if (stdin.isTTY !== true)
    throw new CliError(EXIT.usage, 'Nobody can be asked here.', {
      hints: ['Look at --dry-run, then say --yes.'],
    })
  output.stderr.write(`${question} [y/N] `)
  const lines = createInterface({ input: stdin, signal })
  // Ctrl-D ends it without a line.
  const answer = await new Promise<string | null>((resolve) => {
    lines.once('line', resolve).once('close', () => resolve(null))
  })
  lines.close()
  signal.throwIfAborted()
  if (answer === null) output.stderr.write('\n')
  if (!/^y(es)?$/i.test(answer?.trim() ?? '')) throw new CliError(EXIT.failed, 'Nothing was done.')
}
