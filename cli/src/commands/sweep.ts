/** hangar sweep: what runs by the clock, now. */
import { Argument, type Command } from 'commander'
import type { Context } from '../context.ts'
import { answer } from '../http/client.ts'
import type { operations } from '../http/schema.generated.ts'
import { type ChangeOptions, takesChange, withExamples } from '../options.ts'
import { changeParams, unlessDry } from './change.ts'

type SweepName = operations['post-v1-sweeps-name']['parameters']['path']['name']

const NAMES = [
  'guards',
  'alerts',
  'differences',
  'stuck',
  'orphans',
  'health',
  'cost',
] as const satisfies readonly SweepName[]

export function register(program: Command, context: Context): void {
  const command = program
    .command('sweep')
    .description('run a sweep now, besides its schedule')
    .addArgument(new Argument('<name>', 'which of them').choices(NAMES))
    .action(async (name: SweepName, options: ChangeOptions) => {
      const params = { path: { name }, ...changeParams(options) }
      const body = options.reason === undefined ? {} : { reason: options.reason }
      const result = await answer(context.api().POST('/v1/sweeps/{name}', { params, body }))
      context.output.result(result, () =>
        unlessDry(options.dryRun, `A worker is to run the sweep ${name} now.`),
      )
    })
  withExamples(takesChange(command), 'hangar sweep orphans')
}
