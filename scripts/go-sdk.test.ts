/** The Go module as part of the suite: its own tests, where this machine has Go; in the full suite all that CI could ask. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { runGo, SCREENER, SDK, whyNoGo, whyNoScreener } from './lib/go.ts'

const full = process.env['HANGAR_TEST_SUITE'] === 'full'
/** A first build with the race detector compiles the standard library, which takes minutes on a busy machine. */
const TIMEOUT_MS = 600_000

const why = await whyNoGo()
/** The race detector needs cgo, and cgo a C compiler. */
const cgo =
  why === null && (await runGo(['env', 'CGO_ENABLED'], { cwd: '.', timeoutMs: 10_000 })).trim() === '1'
const race = full && cgo

const modules = [
  { name: 'sdk/go', cwd: SDK, why },
  { name: 'sdk/go/cmd/screener', cwd: SCREENER, why: await whyNoScreener() },
]
for (const module of modules) {
  if (module.why === null) {
    test(
      `go vet and go test${race ? ' -race' : ''} in ${module.name}`,
      () => check(module.cwd),
      2 * TIMEOUT_MS,
    )
  } else {
    test.skip(`${module.name} (SKIPPED: ${module.why})`, () => {})
  }
}
if (full && why === null && !cgo)
  console.warn('sdk/go runs without -race: there is no C compiler here for cgo.')

/** The version is named once, in the script that runs it by hand. */
const script = readFileSync(join(SDK, 'staticcheck.sh'), 'utf8')
const staticcheck = /honnef\.co\/\S+@v[\d.]+/.exec(script)?.[0] ?? ''
const whyNoStaticcheck = full ? (why ?? (await findStaticcheck())) : 'it runs with test:full'
for (const module of modules) {
  const isLeftOut = whyNoStaticcheck ?? module.why
  if (isLeftOut === null)
    test(`staticcheck in ${module.name}`, () => runStaticcheck(module.cwd), 2 * TIMEOUT_MS)
  else test.skip(`staticcheck in ${module.name} (SKIPPED: ${isLeftOut})`, () => {})
}
if (full && whyNoStaticcheck !== null) console.warn(`sdk/go is not seen by staticcheck: ${whyNoStaticcheck}`)

/** Null where it can be had: it is fetched and built, which needs the network, once, and a Go newer than the module's. */
async function findStaticcheck(): Promise<string | null> {
  return runGo(['run', staticcheck, '-version'], { cwd: SDK, timeoutMs: TIMEOUT_MS }).then(
    () => null,
    (error: unknown) => String(error).split('\n')[0] ?? 'it cannot be had',
  )
}

async function runStaticcheck(cwd: string): Promise<void> {
  expect(await runGo(['run', staticcheck, './...'], { cwd, timeoutMs: TIMEOUT_MS })).toBe('')
}

async function check(cwd: string): Promise<void> {
  expect(await runGo(['vet', './...'], { cwd, timeoutMs: TIMEOUT_MS })).toBe('')
  const args = ['test', '-timeout=120s', ...(race ? ['-race'] : []), './...']
  expect(await runGo(args, { cwd, timeoutMs: TIMEOUT_MS })).not.toContain('FAIL')
}
