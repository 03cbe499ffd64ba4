/** What jest's JSON results say, in the words of our last line, and what they do not say: missing checks. */
import { readFileSync } from 'node:fs'

export type JestResults = {
  success: boolean
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  /** Files that could not be run to their end, the leaking ones included. */
  numRuntimeErrorTestSuites: number
  testResults: { name: string; assertionResults: { status: string; fullName: string }[] }[]
}

export type TestCounts = { passed: number; failed: number; skipped: number }

export function countTests(results: JestResults): TestCounts {
  return {
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests,
  }
}

export function countsLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`
}

/**
 * Some test files check us against Fly's own OpenAPI document and skip where it is not given. Where it is given,
 * a skipped one, or in a complete run none at all, means that the check was lost on the way. One line for each.
 */
export function lostOpenApiChecks(
  results: JestResults,
  options: { complete: boolean; read?: (file: string) => string },
): string[] {
  const read = options.read ?? ((file) => readFileSync(file, 'utf8'))
  const files = results.testResults.filter(({ name }) => /FLY_OPENAPI_FILE|openApiFile/.test(read(name)))
  const tests = files.flatMap(({ assertionResults }) => assertionResults)
  const lost = tests
    .filter(({ status }) => status === 'pending')
    .map(({ fullName }) => `skipped: ${fullName}`)
  const passed = tests.filter(({ status }) => status === 'passed')
  return options.complete && passed.length === 0 ? ['no test used it', ...lost] : lost
}
