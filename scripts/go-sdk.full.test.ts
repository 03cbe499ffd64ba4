/**
 * The Go modules: vet, their own tests, under the race detector where there is a C compiler, and staticcheck. Building
 * the standard library anew takes a minute, too long for every day.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from '@jest/globals'
import { runGo, SDK, whyNoGo } from './lib/go.ts'
import { GO_TIMEOUT_MS, goTest, testModules } from './lib/go-modules.ts'

/** The version is named once, in the script that runs it by hand. */
const script = readFileSync(join(SDK, 'staticcheck.sh'), 'utf8')
const staticcheck = /honnef\.co\/\S+@v[\d.]+/.exec(script)?.[0] ?? ''

const whyNoRace = (await whyNoGo()) ?? (await findCompiler())
const whyNoStaticcheck = (await whyNoGo()) ?? (await findStaticcheck())
if (whyNoRace !== null) console.warn(`sdk/go runs without -race: ${whyNoRace}`)
if (whyNoStaticcheck !== null) console.warn(`sdk/go is not seen by staticcheck: ${whyNoStaticcheck}`)

testModules('go vet', null, async ({ cwd }) => {
  expect(await runGo(['vet', './...'], { cwd, timeoutMs: GO_TIMEOUT_MS })).toBe('')
})
if (whyNoRace === null) testModules('go test -race', null, ({ cwd }) => goTest(cwd, ['-race']))
else testModules('go test', null, ({ cwd }) => goTest(cwd))
testModules('staticcheck', whyNoStaticcheck, async ({ cwd }) => {
  expect(await runGo(['run', staticcheck, './...'], { cwd, timeoutMs: GO_TIMEOUT_MS })).toBe('')
})

/** The race detector needs cgo, and cgo a C compiler. */
async function findCompiler(): Promise<string | null> {
  const enabled = await runGo(['env', 'CGO_ENABLED'], { cwd: SDK, timeoutMs: 10_000 })
  return enabled.trim() === '1' ? null : 'there is no C compiler here for cgo'
}

/** It is fetched and built, which needs the network, once, and a Go newer than the module's. */
async function findStaticcheck(): Promise<string | null> {
  return runGo(['run', staticcheck, '-version'], { cwd: SDK, timeoutMs: GO_TIMEOUT_MS }).then(
    () => null,
    (error: unknown) => String(error).split('\n')[0] ?? 'it cannot be had',
  )
}
