/** hangar brakes: what keeps apps from being torn down or repaired. */
import { BRAKE_NAMES, BRAKES_BY_HAND, type BrakeName } from '@hangar/core'
import { Argument, type Command } from 'commander'
import type { Context } from '../context.ts'
import { answer } from '../http/client.ts'
import type { components } from '../http/schema.generated.ts'
import {
  type ChangeOptions,
  countBetween,
  type DirectOption,
  takesChange,
  takesDirect,
  withExamples,
} from '../options.ts'
import { type Column, renderTable } from '../output/table.ts'
import { when } from '../output/words.ts'
import { changeParams, unlessDry } from './change.ts'

type Brake = components['schemas']['Brake']
export type BrakeLine = Pick<Brake, 'name' | 'engaged' | 'since' | 'by' | 'reason' | 'held_users' | 'summary'>
export type BrakeChange = ChangeOptions & DirectOption & { reason: string; ignoreMinutes?: number }

const BY_HAND =
  'operator: nothing is torn down and nothing repaired; restored: after a restore that was not noticed, nothing is torn down, and nobody gets a new app before what is on Fly was looked through. The others engage by their own conditions'

export function register(program: Command, context: Context): void {
  const brakes = program.command('brakes').description('what keeps apps from being torn down or repaired')
  const list = brakes
    .command('list', { isDefault: true })
    .alias('ls')
    .description('each brake, whether it is engaged and why, and whom it holds')
    .action(async (options: DirectOption) => {
      const found =
        options.direct === true ? await directly(context) : await answer(context.api().GET('/v1/brakes'))
      context.output.result(found, (how) => renderTable(COLUMNS, found.items, how))
    })
  withExamples(takesDirect(list), 'hangar brakes')
  const engage = brakes
    .command('engage')
    .description('what it holds waits until it is released; the role admin')
    .addArgument(new Argument('[name]', BY_HAND).choices(BRAKES_BY_HAND).default('operator'))
    .action((name: BrakeName, options: BrakeChange) => change(context, name, 'engage', options))
  withExamples(
    takesDirect(takesChange(engage, { reason: 'needed' })),
    "hangar brakes engage --reason 'Fly is being moved'",
    "hangar brakes engage restored --direct --reason 'PostgreSQL is back as of noon'",
  )
  const release = brakes
    .command('release')
    .description('whom it held is due at once; the role admin')
    .addArgument(new Argument('<name>', 'which of them').choices(BRAKE_NAMES))
    .option('--ignore-minutes <count>', 'do not engage again on what was just judged', countBetween(0, 1_440))
    .action((name: BrakeName, options: BrakeChange) => change(context, name, 'release', options))
  withExamples(
    takesDirect(takesChange(release, { reason: 'needed' })),
    "hangar brakes release deletion_burst --reason 'the sale is over, they did leave' --dry-run",
  )
}

async function directly(context: Context): Promise<{ items: BrakeLine[] }> {
  const { listBrakesDirectly } = await import('../direct/brakes.ts')
  return listBrakesDirectly(context)
}

async function change(
  context: Context,
  name: BrakeName,
  verb: 'engage' | 'release',
  options: BrakeChange,
): Promise<void> {
  const result = await carryOut(context, name, verb, options)
  context.output.result(result, () => {
    const { engaged } = result.brake
    const now = `${name} is ${engaged ? 'engaged' : 'released'}`
    return unlessDry(options.dryRun, result.changed ? `${now}.` : `${now}, as it was.`)
  })
}

async function carryOut(
  context: Context,
  name: BrakeName,
  verb: 'engage' | 'release',
  options: BrakeChange,
): Promise<{ changed: boolean; brake: BrakeLine }> {
  if (options.direct === true) {
    const { changeBrakeDirectly } = await import('../direct/brakes.ts')
    return changeBrakeDirectly(context, name, verb, options)
  }
  const params = { path: { name }, ...changeParams(options) }
  const { reason, ignoreMinutes } = options
  if (verb === 'engage')
    return answer(context.api().POST('/v1/brakes/{name}/engage', { params, body: { reason } }))
  const ignore = ignoreMinutes === undefined ? {} : { ignore_for_minutes: ignoreMinutes }
  return answer(context.api().POST('/v1/brakes/{name}/release', { params, body: { reason, ...ignore } }))
}

const COLUMNS: Column<BrakeLine>[] = [
  { title: 'BRAKE', value: (row) => row.name },
  {
    title: 'ENGAGED',
    value: (row) => (row.engaged ? when(row.since) : 'no'),
    colour: (row) => (row.engaged ? 'red' : 'dim'),
  },
  { title: 'BY', value: (row) => row.by },
  { title: 'HOLDS', value: (row) => row.held_users, align: 'right' },
  { title: 'WHY', value: (row) => row.reason ?? row.summary, gives: 12 },
]
