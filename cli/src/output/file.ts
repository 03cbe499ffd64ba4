/** What is asked for as a file. */
import { writeFile } from 'node:fs/promises'
import { CliError, EXIT } from '../exit.ts'

export async function writeText(file: string, text: string, hints: readonly string[] = []): Promise<void> {
  try {
    await writeFile(file, text)
  } catch (error) {
    throw cannotWrite(file, error, hints)
  }
}

export function cannotWrite(file: string, cause: unknown, hints: readonly string[] = []): CliError {
  const why = (cause as NodeJS.ErrnoException).code ?? ''
  return new CliError(EXIT.noInput, `${file} cannot be written (${why}).`, { cause, hints })
}
