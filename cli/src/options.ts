/** Options that several commands take, and how their values are read. */
import { type Command, InvalidArgumentError } from 'commander'

/** Of every command that changes something. */
export type ChangeOptions = {
  dryRun?: boolean
  reason?: string
  idempotencyKey?: string
}

/** `reason: 'needed'` where nobody should have to guess it later. */
export function takesChange(command: Command, { reason }: { reason?: 'needed' | 'none' } = {}): Command {
  command.option('--dry-run', 'say what would happen, and change nothing')
  if (reason === 'needed') command.requiredOption('--reason <text>', 'why, for the audit log')
  else if (reason === undefined) command.option('--reason <text>', 'why, for the audit log')
  return command.option(
    '--idempotency-key <key>',
    'repeat a change whose answer was lost: it is made once at most',
  )
}

export type DirectOption = { direct?: boolean }

export function takesDirect(command: Command): Command {
  return command.option('--direct', 'for emergencies: on the database (DATABASE_URL) instead of over the API')
}

export type ListOptions = { limit: number; all?: boolean }

export function takesLimit(command: Command, limit = 50): Command {
  return command
    .option('-n, --limit <count>', 'at most so many', countBetween(1, 1_000_000), limit)
    .option('--all', 'all of them')
}

/** A reader for whole numbers. */
export function countBetween(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
    if (value >= least && value <= most) return value
    throw new InvalidArgumentError(`It takes a whole number from ${least} to ${most}.`)
  }
}

/** A reader for parts of one: `0.1`, or `10%`. */
export function share(text: string): number {
  const value = /^\d+(\.\d+)?%$/.test(text) ? Number(text.slice(0, -1)) / 100 : Number(text)
  if (text.trim() !== '' && value >= 0 && value <= 1) return value
  throw new InvalidArgumentError('It takes a part of one, as 0.1 or 10%.')
}

const SECONDS = { s: 1, m: 60, h: 3_600 } as const

/** A reader for how long: `90`, `90s`, `5m` or `1h`, in seconds. */
export function seconds(text: string): number {
  const [, digits, unit = 's'] = /^(\d{1,6})([smh])?$/.exec(text) ?? []
  if (digits === undefined) throw new InvalidArgumentError('It takes a time, as 90s, 5m or 1h.')
  return Number(digits) * SECONDS[unit as keyof typeof SECONDS]
}

/** A reader for words with a comma between, each one of these. */
export function wordsOf(words: readonly string[]): (text: string) => string {
  return (text) => {
    const unknown = text.split(',').filter((word) => !words.includes(word))
    if (unknown.length === 0) return text
    throw new InvalidArgumentError(`It takes ${words.join(', ')}, or several with a comma between.`)
  }
}

/** Lines that somebody could type, below the options. */
export function withExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText('after', `\nExamples:\n${examples.map((line) => `  ${line}`).join('\n')}`)
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export const isUuid = (text: string): boolean => UUID.test(text)
