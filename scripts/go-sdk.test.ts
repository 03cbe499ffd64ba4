/** The Go module as part of the suite: its own tests, where this machine has Go. */
import { expect, test } from '@jest/globals'
import { GO_MODULES, isNewEnough, runGo, whyNoGo } from './lib/go.ts'

const full = process.env['HANGAR_TEST_SUITE'] === 'full'
const TIMEOUT_MS = 300_000

const why = await whyNoGo()
/** The race detector needs cgo, and cgo a C compiler. */
const cgo =
  why === null && (await runGo(['env', 'CGO_ENABLED'], { cwd: '.', timeoutMs: 10_000 })).trim() === '1'
const race = full && cgo

test.each([
  ['go version go1.26.8 linux/amd64', true],
  ['go version go1.21 darwin/arm64', true],
  ['go version go1.20.14 linux/amd64', false],
  ['go version go2.0 linux/amd64', true],
  ['go version devel +abc linux/amd64', true],
  ['gccgo', false],
])('%s is new enough: %s', (said, expected) => {
  expect(isNewEnough(said)).toBe(expected)
})

if (why !== null) {
  console.warn(`SKIPPED: the tests of sdk/go. ${why}.`)
  test.skip(`sdk/go (SKIPPED: ${why})`, () => {})
} else {
  if (full && !cgo) console.warn('sdk/go runs without -race: there is no C compiler here for cgo.')
  test.each(GO_MODULES)(
    `go vet and go test${race ? ' -race' : ''} in %s`,
    async (cwd) => {
      expect(await runGo(['vet', './...'], { cwd, timeoutMs: TIMEOUT_MS })).toBe('')
      const args = ['test', '-timeout=120s', ...(race ? ['-race'] : []), './...']
      expect(await runGo(args, { cwd, timeoutMs: TIMEOUT_MS })).not.toContain('FAIL')
    },
    2 * TIMEOUT_MS,
  )
}
