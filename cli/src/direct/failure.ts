/** What PostgreSQL and our own rules say, as an end of the program. With `--direct` the operator's text is for whoever reads it. */
import { HangarError } from '@hangar/core'
import { CliError, EXIT, type ExitCode } from '../exit.ts'

export function toCliError(error: unknown): CliError {
  if (error instanceof CliError) return error
  if (error instanceof HangarError) {
    const { code, message, publicMessage, details } = error
    const detail = typeof details?.['detail'] === 'string' ? ` ${details['detail']}` : ''
    const hints = message === publicMessage ? [code] : [message, code]
    return new CliError(exitCodeOf(error), `${publicMessage}${detail}`, { hints, cause: error })
  }
  const text = error instanceof Error ? error.message || error.name : String(error)
  const { code, syscall } = (error ?? {}) as { code?: unknown; syscall?: unknown }
  const exitCode = typeof code === 'string' ? exitCodeOfStore(code, syscall === 'connect') : EXIT.software
  const about = exitCode === EXIT.software ? text : `The database: ${text || String(code)}`
  return new CliError(exitCode, about, { cause: error })
}

function exitCodeOf({ status, code }: HangarError): ExitCode {
  if (code === 'host_not_installed' || code === 'host_rows_hidden') return EXIT.config
  if (status === 404) return EXIT.noInput
  if (status === 409) return EXIT.failed
  if (status === 503 || status === 504) return EXIT.unavailable
  return status < 500 ? EXIT.dataError : EXIT.software
}

/** Of a connection that was not made, or broke. A file's (ENOENT, EACCES) are none, unless it is a socket that was to be there. */
const NETWORK = /^(EAI_\w+|ENOTFOUND|ECONN\w+|ETIMEDOUT|EPIPE|E(HOST|NET)(UNREACH|DOWN)|EADDRNOTAVAIL)$/

/** SQLSTATE, or the code of a connection. */
function exitCodeOfStore(code: string, connecting: boolean): ExitCode {
  if (/^(28|42501)/.test(code)) return EXIT.noPermission
  // No such database, schema or table: DATABASE_URL names another one, or it was never migrated.
  if (/^(3D000|3F000|42P01)$/.test(code)) return EXIT.config
  if (connecting || NETWORK.test(code) || /^(08|53|57P)/.test(code)) return EXIT.unavailable
  return EXIT.software
}
