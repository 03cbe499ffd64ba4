/** One line that a local process wrote. */
export type LogLine = {
  atMs: number
  machine: string
  stream: 'stdout' | 'stderr' | 'stand-in'
  line: string
}

const KEPT_LINES = 2_000
const LONGEST_LINE = 8_192

/** The last lines of each app's processes; kept after the app is gone, so that its end can be read. */
export class LogStore {
  readonly #lines = new Map<string, LogLine[]>()

  add(app: string, line: LogLine): void {
    const lines = this.#lines.get(app) ?? []
    this.#lines.set(app, lines)
    lines.push({ ...line, line: line.line.slice(0, LONGEST_LINE) })
    if (lines.length > KEPT_LINES) lines.splice(0, lines.length - KEPT_LINES)
  }

  list(app: string): LogLine[] {
    return this.#lines.get(app) ?? []
  }

  clear(): void {
    this.#lines.clear()
  }
}

/** Cuts a stream into lines. */
export function lineReader(onLine: (line: string) => void): {
  push: (chunk: string) => void
  end: () => void
} {
  let rest = ''
  return {
    push(chunk) {
      const parts = (rest + chunk).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) onLine(part)
    },
    end() {
      if (rest !== '') onLine(rest)
      rest = ''
    },
  }
}
