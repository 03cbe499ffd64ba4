/** How the program ends. The numbers above 63 are those of sysexits.h, so that a script can tell what to do. */

export const EXIT = {
  ok: 0,
  /** It was refused as things stand, or some of what was asked for failed. The message says which. */
  failed: 1,
  usage: 64,
  /** A value was understood and is not allowed. */
  dataError: 65,
  /** What was named is not there: a user, an app, a file. */
  noInput: 66,
  /** The API or the database does not answer. */
  unavailable: 69,
  /** A defect of ours, or of the API. */
  software: 70,
  /** Try again later: a limit was reached, or a change is still in hand. */
  tempFail: 75,
  noPermission: 77,
  /** A setting is missing or wrong. */
  config: 78,
  /** Ctrl-C: 128 and the number of the signal, as shells write it. */
  interrupted: 130,
} as const

export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What each of them means, for `hangar --help` and the documentation. */
export const EXIT_MEANINGS: Record<keyof typeof EXIT, string> = {
  ok: 'done',
  failed: 'refused as things stand, or some of it failed',
  usage: 'the command line is wrong',
  dataError: 'a value is not allowed',
  noInput: 'what was named is not there: a user, an app, a file',
  unavailable: 'the API or the database does not answer',
  software: 'a defect',
  tempFail: 'try again later',
  noPermission: 'the token is unknown, or its role may not do this',
  config: 'a setting is missing or wrong',
  interrupted: 'ended by Ctrl-C',
}

/** An end with a message and a code of its own; anything else that is thrown is a defect. */
export class CliError extends Error {
  override readonly name = 'CliError'
  readonly exitCode: ExitCode
  /** What to do about it, one line each. */
  readonly hints: readonly string[]

  constructor(
    exitCode: ExitCode,
    message: string,
    options: { hints?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause })
    this.exitCode = exitCode
    this.hints = options.hints ?? []
  }
}
