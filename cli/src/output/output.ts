/**
 * What the program says. The result goes to standard output, as text for people or, with `--json`, as one JSON document;
 * everything else (notes, progress, errors) goes to standard error, so that a pipe carries the result alone.
 */
import type { CliError } from '../exit.ts'
import { createPaint, type Paint, visible } from './paint.ts'

export type Stream = {
  write: (text: string) => unknown
  isTTY?: boolean | undefined
  columns?: number | undefined
}

export type OutputOptions = { stdout: Stream; stderr: Stream; noColour: boolean }

export type Human = { paint: Paint; width: number | undefined }

export type Output = {
  json: boolean
  /** `human` is asked only where people read. */
  result: (value: unknown, human: (how: Human) => string) => void
  /** One line of a result that goes on, as of `events --follow`: with `--json` one document a line. */
  item: (value: unknown, human: (how: Human) => string) => void
  note: (text: string) => void
  error: (error: CliError) => void
  /** Bytes as they are: files and completion scripts. */
  raw: (text: string) => void
  readonly stderr: Stream
  /** For what is said on standard error. */
  readonly stderrPaint: Paint
}

export function createOutput({ stdout, stderr, noColour }: OutputOptions): Output {
  const human: Human = {
    paint: createPaint(stdout.isTTY === true && !noColour),
    // 0 is a terminal that does not know.
    width: stdout.isTTY === true ? stdout.columns || undefined : undefined,
  }
  const stderrPaint = createPaint(stderr.isTTY === true && !noColour)
  const line = (stream: Stream, text: string) => void stream.write(`${text}\n`)
  const output: Output = {
    json: false,
    stderr,
    stderrPaint,
    result: (value, render) => line(stdout, output.json ? JSON.stringify(value, null, 2) : render(human)),
    item: (value, render) => line(stdout, output.json ? JSON.stringify(value) : render(human)),
    note: (text) => line(stderr, text),
    raw: (text) => void stdout.write(text),
    error: ({ exitCode, message, hints }) => {
      if (output.json) {
        line(stderr, JSON.stringify({ error: { exit_code: exitCode, message, hints } }))
        return
      }
      line(stderr, `${stderrPaint('red', 'hangar:')} ${visible(message)}`)
      for (const hint of hints) line(stderr, `  ${visible(hint)}`)
    },
  }
  return output
}
