/** The Go module as part of the suite: its own tests, where this machine has Go. */
import { expect } from '@jest/globals'
import { runGo } from './lib/go.ts'
import { GO_TIMEOUT_MS, goTest, testModules } from './lib/go-modules.ts'

testModules('go vet and go test', null, async ({ cwd }) => {
  expect(await runGo(['vet', './...'], { cwd, timeoutMs: GO_TIMEOUT_MS })).toBe('')
  await goTest(cwd)
})
