/** The commands, and how the program ends. */
import { Command, CommanderError } from 'commander'
import * as alerts from './commands/alerts.ts'
import * as apps from './commands/apps/index.ts'
import * as brakes from './commands/brakes.ts'
import * as completion from './commands/completion.ts'
import * as costs from './commands/costs.ts'
import * as doctor from './commands/doctor.ts'
import * as events from './commands/events.ts'
import * as migrateUsers from './commands/migrate-users/index.ts'
import * as install from './commands/install.ts'
import * as orphans from './commands/orphans.ts'
import * as sweep from './commands/sweep.ts'
import * as version from './commands/version.ts'
import { type Context, type ContextOptions, createContext } from './context.ts'
import { toCliError } from './direct/failure.ts'
import { CliError, EXIT, EXIT_MEANINGS } from './exit.ts'
import type { Output } from './output/output.ts'
import { VERSION } from './version.ts'

/** In the order in which help shows them. */
const COMMANDS = [
  apps,
  events,
  costs,
  orphans,
  alerts,
  brakes,
  sweep,
  migrateUsers,
  install,
  doctor,
  version,
  completion,
]

const SEE_HELP = '(see "hangar --help")'

const SETTINGS = `
Settings (from the environment only):
  HANGAR_API_URL  where the API is, for example https://hangar.example.com
  HANGAR_TOKEN    the service-role or secret key, or a person's access token
  DATABASE_URL    for what works on the database itself: --direct, install and doctor; port 5432
  PAID_TIERS, PAYING_STATUSES, ENDED_STATUSES, GUEST_PRO, GUEST_ELITE
                  for --direct: who is entitled to what; they have to be the services' own
  HANGAR_WEBHOOK_SECRET
                  for install: what the database signs webhooks with, the API's own
  NO_COLOR        any value: no colours`

/** The whole command line; nothing is read or opened before a command runs. */
export function createProgram(context: Context): Command {
  const program = new Command('hangar')
    .description('Hangar at a terminal: apps, alerts, costs, migrations.')
    .version(VERSION, '-V, --version', 'the version of this program')
    .option('--json', 'print the result as JSON')
    .helpOption('-h, --help', 'what a command does, with examples')
    .addHelpText('after', () => `${SETTINGS}\n\nExit codes:\n${exitCodes()}`)
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError(SEE_HELP)
    // Before anything else is looked at: what is wrong with the rest of the line is told as JSON too.
    .on('option:json', () => {
      context.output.json = true
    })
  for (const { register } of COMMANDS) register(program, context)
  endInsteadOfExit(program, context.output)
  return program
}

/** Runs one command line to its end; says what went wrong, and answers with the exit code. */
export async function run(args: readonly string[], options: ContextOptions): Promise<number> {
  const context = createContext(options)
  try {
    await createProgram(context).parseAsync(args, { from: 'user' })
    return context.exitCode
  } catch (error) {
    return tell(error, context)
  } finally {
    await context.close()
  }
}

function tell(error: unknown, { output, signal }: Context): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return EXIT.ok
    // For people it was said already, by whoever reads the command line.
    if (output.json) output.error(usageError(error))
    return EXIT.usage
  }
  if (signal.aborted && !(error instanceof CliError)) return EXIT.interrupted
  const known = toCliError(error)
  output.error(known)
  return known.exitCode
}

function usageError({ code, message }: CommanderError): CliError {
  // Where a command of a group is missing, commander shows help and says nothing.
  const said = code === 'commander.help' ? 'It takes a command.' : message.replace(/^error: /, '')
  const [what = '', ...hints] = said.split('\n')
  return new CliError(EXIT.usage, what, { hints: [...hints, SEE_HELP] })
}

/** Subcommands take over neither of the two by themselves. */
function endInsteadOfExit(command: Command, output: Output): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => output.raw(text),
    writeErr: (text) => {
      if (!output.json) output.stderr.write(text)
    },
  })
  for (const sub of command.commands) endInsteadOfExit(sub, output)
}

function exitCodes(): string {
  return Object.entries(EXIT_MEANINGS)
    .map(([name, meaning]) => `  ${String(EXIT[name as keyof typeof EXIT]).padStart(3)}  ${meaning}`)
    .join('\n')
}
