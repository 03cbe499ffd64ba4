/**
 * hangar doctor: whether everything is as it should be. The API says what it and a worker see, and with DATABASE_URL the
 * database is looked at from here too, as the role that is given.
 */
import {
  compareClocks,
  finding,
  isTransactionPooler,
  SEVERITIES,
  type Finding,
  type Severity,
} from '@hangar/core'
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { answer } from '../http/client.ts'
import { ConnectionError } from '../http/problem.ts'
import { withExamples } from '../options.ts'
import type { Colour, Paint } from '../output/paint.ts'
import { toCliError } from '../direct/failure.ts'

type Seen = Finding & { by: 'api' | 'worker' | 'database' | 'here' }
type Options = { dryRun?: boolean; direct?: boolean }

export function register(program: Command, context: Context): void {
  const command = program
    .command('doctor')
    .description('whether everything is as it should be, and what to do where it is not')
    .option('--dry-run', 'send no webhook and ask no worker')
    .option('--direct', 'look at the database (DATABASE_URL) alone, without the API')
    .action((options: Options) => examine(context, options))
  withExamples(command, 'hangar doctor', 'hangar doctor --json', 'hangar doctor --direct')
}

async function examine(context: Context, options: Options): Promise<void> {
  const found = [
    ...(options.direct === true ? [] : await overApi(context, options)),
    ...(await directly(context, options)),
  ]
  const worst = found.reduce<Severity>(
    (sum, { severity }) => (rank(severity) > rank(sum) ? severity : sum),
    'ok',
  )
  context.output.result({ worst, findings: found }, ({ paint }) => render(found, worst, paint))
  if (rank(worst) >= rank('warning')) context.exitCode = EXIT.failed
}

const rank = (severity: Severity) => SEVERITIES.indexOf(severity)

async function overApi(context: Context, { dryRun = false }: Options): Promise<Seen[]> {
  const by = (one: Finding): Seen => ({ ...one, by: 'api' })
  try {
    const before = context.clock.now().getTime()
    const params = { query: { dryRun } }
    const { now, findings } = await answer(context.api().POST('/v1/doctor', { params, body: {} }))
    const took = context.clock.now().getTime() - before
    // It read its clock when it was done; half of the way may be what lies in between.
    const here = new Date(before + took)
    return [
      by(finding('api_answers', `${context.env['HANGAR_API_URL'] ?? 'The API'} answers.`)),
      { ...compareClocks('this machine', here, 'the API', new Date(now)), by: 'here' },
      ...findings,
    ]
  } catch (error) {
    const { exitCode, message } = toCliError(error)
    if (exitCode === EXIT.noPermission || exitCode === EXIT.config) throw error
    return [by(finding(error instanceof ConnectionError ? 'api_unreachable' : 'api_failed', message))]
  }
}

async function directly(context: Context, { direct = false }: Options): Promise<Seen[]> {
  if ((context.env['DATABASE_URL'] ?? '') === '') {
    if (direct) throw new CliError(EXIT.config, 'DATABASE_URL is not set.')
    return []
  }
  const { examineDatabase, readConnectionState } = await import('@hangar/db')
  const by = (one: Finding): Seen => ({ ...one, by: 'database' })
  try {
    const db = await context.database({ anyPort: true })
    const { now } = await readConnectionState(db)
    const clock = compareClocks('this machine', context.clock.now(), 'the database', now)
    return [...(await examineDatabase(db)).map(by), { ...clock, by: 'here' }, ...pooler(context)]
  } catch (error) {
    return [by(finding('database_unreachable', toCliError(error).message))]
  }
}

function pooler({ env }: Context): Seen[] {
  if (!isTransactionPooler(env['DATABASE_URL'] ?? '')) return []
  return [
    { ...finding('transaction_pooler', 'DATABASE_URL names port 6543, a transaction pooler.'), by: 'here' },
  ]
}

const COLOURS: Partial<Record<Severity, Colour>> = { ok: 'green', warning: 'yellow', critical: 'red' }

const HEADINGS: Record<Seen['by'], string> = {
  api: 'As the API sees it',
  worker: 'As a worker sees it',
  database: 'As the role in DATABASE_URL sees it',
  here: 'From here',
}

function render(found: readonly Seen[], worst: Severity, paint: Paint): string {
  const parts = Object.entries(HEADINGS).flatMap(([by, heading]) => {
    const seen = found.filter((one) => one.by === by)
    return seen.length === 0 ? [] : [heading, ...seen.flatMap((one) => linesOf(one, paint)), '']
  })
  const bad = found.filter(({ severity }) => rank(severity) >= rank('warning')).length
  const end = rank(worst) < rank('warning') ? wellIn(found) : `${bad} of ${found.length} need somebody.`
  return [...parts, end].join('\n')
}

function linesOf({ severity, code, what, remedy }: Seen, paint: Paint): string[] {
  const mark = severity.padEnd(8)
  const colour = COLOURS[severity]
  return [
    `${colour === undefined ? mark : paint(colour, mark)}  ${what} ${paint('dim', `(${code})`)}`,
    ...(remedy === null ? [] : [`          ${remedy}`]),
  ]
}

/** Nothing is said to be well that was not looked at. */
function wellIn(found: readonly Seen[]): string {
  if (found.some(({ code }) => code === 'worker_not_asked'))
    return 'All that was looked at is well; no worker, no webhook and not Fly.io.'
  if (!found.some(({ by }) => by === 'api')) return 'All that was looked at is well: the database alone.'
  return 'All is well.'
}
