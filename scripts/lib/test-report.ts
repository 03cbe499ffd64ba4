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
 * Files whose tests check us against Fly's own OpenAPI document. They skip where it is not given; where it is
 * given, a skipped one means that the check was lost on the way.
 */
export function skippedOpenApiTests(
  results: JestResults,
  read = (file: string) => readFileSync(file, 'utf8'),
): string[] {
  return results.testResults
    .filter(({ name }) => /FLY_OPENAPI_FILE|openApiFile/.test(read(name)))
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'pending')
    .map(({ fullName }) => fullName)
}
