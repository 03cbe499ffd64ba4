/** hangar migrate-users: paying users who were there before Hangar get their app, in waves. */
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import {
  type ChangeOptions,
  countBetween,
  type DirectOption,
  seconds,
  share,
  takesChange,
  takesDirect,
  withExamples,
} from '../../options.ts'
import { refuseWhatDoesNotGoTogether } from './combinations.ts'
import { follow } from './follow.ts'
import { changeState, list } from './manage.ts'
import { checkReportFile } from './report.ts'
import { start } from './start.ts'
import type { WhomOptions } from './whom.ts'

export type MigrateOptions = ChangeOptions &
  DirectOption &
  WhomOptions & {
    waveSize?: number
    wavePause?: number
    stopOnFailureShare?: number
    perMinute?: number
    yes?: boolean
    detach?: boolean
    report?: string
    list?: boolean
    follow?: number
    pause?: number
    resume?: number
    cancel?: number
  }

const ID = countBetween(1, 999_999_999)

export function register(program: Command, context: Context): void {
  const command = program
    .command('migrate-users')
    .description(
      'give paying users who have no app of their own one, in waves: shows who, names and cost first, asks, then follows to the end',
    )
    .option('--all', 'every paying user who has no app that is up')
    .option('--tier <tier>', 'those of one tier')
    .option('--user <users...>', "these: ids, mail addresses, or apps' names")
    .option('--users-file <file>', 'those in a file, one a line; - is standard input')
    .option('--wave-size <count>', 'users in a wave', countBetween(1, 10_000))
    .option('--wave-pause <time>', 'from the end of a wave to the next one, as 90s or 5m', seconds)
    .option(
      '--stop-on-failure-share <share>',
      'stop by itself where more than this part fails, as 0.1 or 10%',
      share,
    )
    .option('--per-minute <count>', 'how many users are asked in a minute', countBetween(1, 6_000))
    .option('-y, --yes', 'do not ask')
    .option('--detach', 'begin, and do not follow')
    .option('--report <file>', 'at the end, what became of each user: a file that ends in .json or .csv')
    .option('--list', 'migrations, newest first')
    .option('--follow <id>', 'follow one that goes on', ID)
    .option('--resume <id>', 'go on with one that was paused or has stopped itself, and follow it', ID)
    .option('--pause <id>', 'ask nobody more until it is resumed', ID)
    .option('--cancel <id>', 'ask nobody more; who was asked comes to an end', ID)
    .action((options: MigrateOptions) => migrate(context, options))
  withExamples(
    takesDirect(takesChange(command)),
    'hangar migrate-users --all --dry-run',
    'hangar migrate-users --user ada@example.com --yes',
    "hangar migrate-users --tier elite --wave-size 20 --wave-pause 5m --reason 'the move'",
    'hangar migrate-users --all --yes --report moved.csv',
    'hangar migrate-users --resume 7',
    "hangar migrate-users --pause 7 --direct --reason 'the API is away'",
  )
}

async function migrate(context: Context, options: MigrateOptions): Promise<void> {
  refuseWhatDoesNotGoTogether(options)
  if (options.report !== undefined) await checkReportFile(options.report)
  const { follow: followed, resume, pause, cancel } = options
  if (options.list === true) await list(context, options)
  else if (pause !== undefined) await changeState(context, pause, 'pause', options)
  else if (cancel !== undefined) await changeState(context, cancel, 'cancel', options)
  else if (resume !== undefined) await goOn(context, resume, options)
  else if (followed !== undefined) await follow(context, followed, options)
  else await start(context, options)
}

async function goOn(context: Context, id: number, options: MigrateOptions): Promise<void> {
  await changeState(context, id, 'resume', options)
  if (options.dryRun !== true && options.detach !== true) await follow(context, id, options)
}
