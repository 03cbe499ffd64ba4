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

/** How a test that cannot run here is called: `what it is (SKIPPED: why)`, or only `SKIPPED: why`. */
const SKIPPED = /^(.*?)[ (]*SKIPPED: (.*?)\)?$/

/** What was left out because this machine lacks something, a line for each reason: jest says nothing of it by itself. */
export function skippedLines(results: JestResults): string[] {
  const byReason = new Map<string, Set<string>>()
  for (const { status, fullName } of results.testResults.flatMap((file) => file.assertionResults)) {
    const [, what = '', why] = SKIPPED.exec(fullName) ?? []
    if (status !== 'pending' || why === undefined) continue
    byReason.set(why, (byReason.get(why) ?? new Set<string>()).add(what))
  }
  return [...byReason].map(([why, what]) => `SKIPPED (${why}): ${[...what].join('; ')}`.replace(/: $/, ''))
}

/**
 * The dashboard's tests that were left out for want of a browser: skipped on somebody's machine, and lost where the
 * machine is meant to have one. One line for each.
 */
export function lostBrowserTests(results: JestResults): string[] {
  return results.testResults
    .flatMap((file) => file.assertionResults)
    .filter(({ status, fullName }) => status === 'pending' && /SKIPPED: .*Chromium/.test(fullName))
    .map(({ fullName }) => `skipped: ${fullName}`)
}

/** Where a test file, or what a test is called, says that it needs the document. */
const IN_SOURCE = /openApi(File|Judge)|FLY_OPENAPI_FILE/
const IN_NAME = /OpenAPI/

export type RunScope = {
  /** The whole everyday suite, so that those tests must be among it. */
  complete: boolean
  /** Tests were chosen by name (`-t`): those left out count as skipped and are not. */
  byName: boolean
}

/**
 * Some tests check us against Fly's own OpenAPI document and skip where it is not given. Where it is given, a skipped
 * one, or in a complete run none at all, means that the check was lost on the way. One line for each.
 */
export function lostOpenApiChecks(
  results: JestResults,
  scope: RunScope,
  read: (file: string) => string = (file) => readFileSync(file, 'utf8'),
): string[] {
  if (scope.byName) return []
  const tests = results.testResults.flatMap(({ name, assertionResults }) =>
    IN_SOURCE.test(read(name))
      ? assertionResults
      : assertionResults.filter(({ fullName }) => IN_NAME.test(fullName)),
  )
  const lost = tests
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => `skipped: ${fullName}`)
  const ran = tests.some(({ status }) => status === 'passed' || status === 'failed')
  return scope.complete && !ran ? ['no test used it', ...lost] : lost
}

/** What the arguments given to jest leave of the suite. */
export function scopeOf(args: readonly string[]): RunScope {
  return {
    complete: args.length === 0,
    byName: args.some((arg) => /^(-t|--testNamePattern)(=|$)/.test(arg)),
  }
}
