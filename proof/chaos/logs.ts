/** What the services wrote: an error line that no fault explains fails the campaign. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type LogFile = { name: string; text: string }

/** How a database that went away, or a connection to it that was cut, is reported by the driver. */
const DATABASE_AWAY =
  '(Connection terminated|terminating connection|timeout exceeded when trying to connect|the database system is' +
  '|Client has encountered a connection error|PostgreSQL did not answer within|(read|write|connect) (ECONN|EPIPE))'

/** What a fault of ours must lead to, and why it is right that a service says so. */
const EXPECTED: readonly { line: RegExp; because: string }[] = [
  {
    line: /^\{"level":"error".*"service":"api".*"code":"database_unavailable"/,
    because: 'a request that needs PostgreSQL while it is away, or whose connection is cut, fails with 503',
  },
  {
    line: /^\{"level":"error".*"service":"api".*"message":"driver has already been destroyed"/,
    because:
      'a request whose caller was cut off in the middle is not waited for by a service that stops; nobody hears its answer',
  },
  {
    line: new RegExp(
      `^\\{"level":"error".*"service":"worker".*"message":"${DATABASE_AWAY}.*"msg":"the failure could not be recorded"`,
    ),
    because:
      'an attempt that fails because PostgreSQL is away cannot be counted there; the lease runs out by itself',
  },
  {
    line: new RegExp(`^(api|worker|scheduler|caused by): .*${DATABASE_AWAY}`),
    because:
      'a service that is started while PostgreSQL is away does not start, and its supervisor tries again',
  },
  {
    line: /"left":\["database"\].*"msg":"the stop deadline has passed"/,
    because:
      'a connection to PostgreSQL that is held does not close, and a service that is to end does not wait for it',
  },
  {
    line: /"service":"worker".*"brake":"fly_unreachable".*"msg":"brake engaged"/,
    because: 'a look at Fly during an outage of ours has to engage the brake, and somebody has to know',
  },
]

const LOUD = new Set(['error', 'fatal'])

export function readLogs(folder: string): LogFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
}

/** Lines of level error or above, and lines that are no log lines at all, such as the trace of a crash. */
export function unexpectedLines(logs: readonly LogFile[]): string[] {
  return logs
    .filter(({ name }) => /^(api|worker|scheduler)-/.test(name))
    .flatMap(({ name, text }) =>
      text
        .split('\n')
        .filter((line) => isLoud(line) && !EXPECTED.some((expected) => expected.line.test(line)))
        .map((line) => `${name}: ${line.slice(0, 600)}`),
    )
}

function isLoud(line: string): boolean {
  if (line === '') return false
  const level = /^\{"level":"([a-z]+)"/.exec(line)?.[1]
  return level === undefined || LOUD.has(level)
}
