import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { renderFidelity, ROWS } from './testing/fidelity/render.ts'

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url))

test.each([...new Set(ROWS.map((row) => row.test[0]))])(
  'the tests that docs/fidelity.md names are in %s',
  (file) => {
    expect(existsSync(here(file))).toBe(true)
    const source = readFileSync(here(file), 'utf8')
    const missing = ROWS.flatMap(({ test: [name, title] }) =>
      name === file && !hasTitle(source, title) ? [title] : [],
    )
    expect(missing).toEqual([])
  },
)

test('no behaviour is listed twice', () => {
  const behaviours = ROWS.map((row) => row.behaviour)
  expect(new Set(behaviours).size).toBe(behaviours.length)
})

test('docs/fidelity.md is what the code says; if not, npm run generate', () => {
  expect(readFileSync(here('../../../docs/fidelity.md'), 'utf8')).toBe(renderFidelity())
})

/** Titles stand in the source in one of three kinds of quotes. */
function hasTitle(source: string, title: string): boolean {
  const escaped = title.replaceAll("'", "\\'")
  return [`'${title}'`, `"${title}"`, `'${escaped}'`].some((quoted) => source.includes(quoted))
}
