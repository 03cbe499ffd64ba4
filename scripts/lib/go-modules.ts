/** The two Go modules, and what tests of both ask of each. */
import { expect, test } from '@jest/globals'
import { runGo, SCREENER, SDK, whyNoGo, whyNoScreener } from './go.ts'

/** A first build with the race detector compiles the standard library, which takes minutes on a busy machine. */
export const GO_TIMEOUT_MS = 600_000

type Module = { name: string; cwd: string; why: string | null }

const MODULES: readonly Module[] = [
  { name: 'sdk/go', cwd: SDK, why: await whyNoGo() },
  { name: 'sdk/go/cmd/screener', cwd: SCREENER, why: await whyNoScreener() },
]

/** One test for each module, skipped with its reason where the machine has not what it needs. */
export function testModules(
  what: string,
  why: string | null,
  check: (module: Module) => Promise<void>,
): void {
  for (const module of MODULES) {
    const isLeftOut = why ?? module.why
    const title = `${what} in ${module.name}`
    if (isLeftOut === null) test(title, () => check(module), 2 * GO_TIMEOUT_MS)
    else test.skip(`${title} (SKIPPED: ${isLeftOut})`, () => {})
  }
}

/** The module's own tests. */
export async function goTest(cwd: string, flags: readonly string[] = []): Promise<void> {
  const args = ['test', '-timeout=120s', ...flags, './...']
  expect(await runGo(args, { cwd, timeoutMs: GO_TIMEOUT_MS })).not.toContain('FAIL')
}
