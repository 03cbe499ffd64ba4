import { inspect } from 'node:util'
import { ConfigError, EXIT_CONFIG } from './config.ts'
import { redactText } from './redact.ts'

/**
 * The whole of a process: runs `main` to its end and turns how it ended into an exit code (0, 78 for a wrong
 * configuration, 1 for anything else), with one plain line on stderr for each problem. It exits even if something
 * was left open, because by then everything that matters was stopped in order.
 */
export async function runMain(name: string, main: () => Promise<void>): Promise<never> {
  try {
    await main()
  } catch (error) {
    for (const line of problemLines(error)) process.stderr.write(`${name}: ${redactText(line)}\n`)
    process.exit(error instanceof ConfigError ? EXIT_CONFIG : 1)
  }
  process.exit()
}

function problemLines(error: unknown): readonly string[] {
  if (error instanceof ConfigError) return error.problems
  const lines: string[] = []
  for (
    let at: unknown = error;
    at !== undefined && lines.length < 5;
    at = at instanceof Error ? at.cause : undefined
  ) {
    const text = at instanceof Error ? at.message || at.name : inspect(at)
    lines.push(lines.length === 0 ? oneLine(text) : `caused by: ${oneLine(text)}`)
  }
  return lines
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ')
}
