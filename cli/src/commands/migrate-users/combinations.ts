/** What nobody can mean is refused, not passed over: an option without an effect is found out about at the end. */
import { CliError, EXIT } from '../../exit.ts'
import type { MigrateOptions } from './index.ts'

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
  const pace = Object.entries(PACE).filter(([name]) => options[name as keyof typeof PACE] !== undefined)
  if (begins === 0 && pace.length > 0) {
    const names = pace.map(([, flag]) => flag).join(' and ')
    refuse(`${names} ${pace.length === 1 ? 'is' : 'are'} said when a migration begins.`)
  }
  const isFollowed = count([list, pause, cancel, options.detach, options.dryRun]) === 0
  if (options.report !== undefined && !isFollowed)
    refuse(
      '--report goes with what is followed to the end: not with --list, --pause, --cancel, --detach or --dry-run.',
    )
  if (options.direct === true && count([list, pause, cancel]) === 0)
    refuse('--direct goes with --list, --pause and --cancel.')
}

const count = (options: readonly unknown[]): number => options.filter((one) => one !== undefined).length

function refuse(message: string, ...hints: string[]): never {
  throw new CliError(EXIT.usage, message, { hints })
}
