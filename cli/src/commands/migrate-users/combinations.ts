/** What nobody can mean is refused, not passed over: an option without an effect is found out about at the end. */
import { CliError, EXIT } from '../../exit.ts'
import type { MigrateOptions } from './index.ts'

/** Of what begins or changes something. */
const CHANGE = {
  yes: '--yes',
  detach: '--detach',
  dryRun: '--dry-run',
  reason: '--reason',
  idempotencyKey: '--idempotency-key',
} as const satisfies Partial<Record<keyof MigrateOptions, string>>

/** Said once, when a migration begins. */
const PACE = {
  waveSize: '--wave-size',
  wavePause: '--wave-pause',
  stopOnFailureShare: '--stop-on-failure-share',
  perMinute: '--per-minute',
} as const satisfies Partial<Record<keyof MigrateOptions, string>>

export function refuseWhatDoesNotGoTogether(options: MigrateOptions): void {
  const { all, tier, user, usersFile, list, follow, resume, pause, cancel } = options
  const begins = count([all, tier, user, usersFile])
  if (begins + count([list, follow, resume, pause, cancel]) !== 1)
    refuse(
      'It takes one of --all, --tier, --user, --users-file, --list, --follow, --resume, --pause and --cancel.',
      'Begin with: hangar migrate-users --all --dry-run',
    )
  const pace = given(PACE, options)
  if (begins === 0 && pace.length > 0)
    refuse(`${inWords(pace)} ${pace.length === 1 ? 'is' : 'are'} said when a migration begins.`)
  refuseWithoutEffect(options)
  const isFollowed = count([list, pause, cancel, options.detach, options.dryRun]) === 0
  if (options.report !== undefined && !isFollowed)
    refuse(
      '--report goes with what is followed to the end: not with --list, --pause, --cancel, --detach or --dry-run.',
    )
  if (options.direct === true && count([list, pause, cancel]) === 0)
    refuse('--direct goes with --list, --pause and --cancel.')
}

function refuseWithoutEffect(options: MigrateOptions): void {
  const { list, follow, pause, cancel } = options
  const of = { '--list': list, '--follow': follow, '--pause': pause, '--cancel': cancel }
  const [mode] = Object.entries(of).find(([, value]) => value !== undefined) ?? []
  if (mode === undefined) return
  const isLook = mode === '--list' || mode === '--follow'
  // Nobody follows what is paused or cancelled.
  const flags = isLook ? given(CHANGE, options) : given({ detach: CHANGE.detach }, options)
  if (flags.length > 0) refuse(`${inWords(flags)}: not with ${mode}.`)
}

function given(flags: Partial<Record<keyof MigrateOptions, string>>, options: MigrateOptions): string[] {
  return Object.entries(flags)
    .filter(([name]) => options[name as keyof MigrateOptions] !== undefined)
    .map(([, flag]) => flag)
}

const inWords = (flags: readonly string[]): string =>
  [flags.slice(0, -1).join(', '), ...flags.slice(-1)].filter((part) => part !== '').join(' and ')

const count = (options: readonly unknown[]): number => options.filter((one) => one !== undefined).length

function refuse(message: string, ...hints: string[]): never {
  throw new CliError(EXIT.usage, message, { hints })
}
