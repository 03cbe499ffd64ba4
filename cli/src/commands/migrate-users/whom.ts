/** Who is to be moved, as the command line says it and as the API reads it. */
import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import type { Context } from '../../context.ts'
import { CliError, EXIT } from '../../exit.ts'
import { findUserId } from '../../http/find-user.ts'
import { withinLimits } from '../../http/patience.ts'

export type WhomOptions = { all?: boolean; tier?: string; user?: string[]; usersFile?: string }

export type Whom = { all: true } | { tier: string } | { user_ids: string[] }

/** As many as the API takes by name; for more, say --tier or --all. */
const MOST_USERS = 10_000
/** Names that are looked up at the same time. */
const AT_ONCE = 8
const MOST_TOLD = 10
/** Of the first column, in a first line that names no user. */
const HEADINGS = ['user_id', 'id', 'user', 'email']

export async function readWhom(context: Context, options: WhomOptions): Promise<Whom> {
  if (options.all === true) return { all: true }
  if (options.tier !== undefined) return { tier: options.tier }
  const names = options.user ?? (await readNames(context, options.usersFile ?? '-'))
  if (names.length === 0) throw new CliError(EXIT.dataError, 'There is nobody in the list.')
  if (names.length > MOST_USERS)
    throw new CliError(
      EXIT.dataError,
      `${names.length} users are more than ${MOST_USERS}: say --tier or --all.`,
    )
  return { user_ids: await findAll(context, names) }
}

/** One a line; what follows a comma, as in a spreadsheet's file, and what follows a # is passed over. */
async function readNames({ stdin }: Context, file: string): Promise<string[]> {
  const text = file === '-' ? await readAll(stdin) : await readNamed(file)
  const lines = text.split(/\r?\n/).map((line) => (line.replace(/#.*/, '').split(',')[0] ?? '').trim())
  if (HEADINGS.includes((lines[0] ?? '').toLowerCase())) lines.shift()
  const names = lines.filter((line) => line !== '')
  return [...new Set(names)]
}

async function readNamed(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new CliError(
      EXIT.noInput,
      `${file} cannot be read (${(cause as NodeJS.ErrnoException).code ?? ''}).`,
      { cause },
    )
  }
}

/** Everybody who cannot be found is told of in one go. A long list takes more requests than the API takes in a minute. */
async function findAll(context: Context, names: readonly string[]): Promise<string[]> {
  const found: string[] = []
  const problems: string[] = []
  const waiting = names.entries()
  const patiently = withinLimits(context)
  let isOver = false
  const look = async () => {
    for (const [at, name] of waiting) {
      if (isOver) return
      try {
        found[at] = await patiently(() => findUserId(context.api(), name))
      } catch (error) {
        if (
          !(error instanceof CliError) ||
          ![EXIT.noInput, EXIT.dataError].includes(error.exitCode as never)
        ) {
          isOver = true
          throw error
        }
        problems.push(error.message)
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, look))
  if (problems.length > 0)
    throw new CliError(EXIT.noInput, `${problems.length} of ${names.length} users were not found.`, {
      hints: problems.slice(0, MOST_TOLD),
    })
  return [...new Set(found)]
}
