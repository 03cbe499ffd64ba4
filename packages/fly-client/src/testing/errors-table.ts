/** The table of errors in README.md, written from the registry. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { FLY_ERRORS } from '../errors.ts'

export const README = fileURLToPath(new URL('../../README.md', import.meta.url))

const BEGIN = /<!-- errors:[^>]*-->\n/
const END = '<!-- /errors -->'

/** The README as it is, and as it should be. */
export function readmeWithErrors(): { actual: string; wanted: string } {
  const actual = readFileSync(README, 'utf8')
  const begin = BEGIN.exec(actual)
  const end = actual.indexOf(END)
  if (!begin || end < begin.index) throw new RangeError(`${README} has no place for the table of errors`)
  return { actual, wanted: actual.slice(0, begin.index) + begin[0] + errorsTable() + actual.slice(end) }
}

function errorsTable(): string {
  const rows = Object.entries(FLY_ERRORS).map(([code, { summary, seen, advice, retryable, ambiguous }]) =>
    [`\`${code}\``, summary, seen, retryable ? 'yes' : 'no', ambiguous ? 'if sent' : 'no', advice].join(
      ' | ',
    ),
  )
  const head = ['code', 'what happened', 'seen as', 'retryable', 'ambiguous', 'what to do'].join(' | ')
  const rule = Array.from({ length: 6 }, () => '---').join(' | ')
  return [head, rule, ...rows].map((row) => `| ${row} |\n`).join('')
}
