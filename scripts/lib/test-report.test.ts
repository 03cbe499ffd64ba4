import { describe, expect, test } from '@jest/globals'
import { countsLine, countTests, lostOpenApiChecks, type JestResults } from './test-report.ts'

function results(
  files: Record<string, Record<string, 'passed' | 'failed' | 'pending'>>,
  broken = 0,
): JestResults {
  const testResults = Object.entries(files).map(([name, tests]) => ({
    name,
    assertionResults: Object.entries(tests).map(([fullName, status]) => ({ fullName, status })),
  }))
  const count = (wanted: string) =>
    testResults.flatMap((file) => file.assertionResults).filter(({ status }) => status === wanted).length
  return {
    success: false,
    numPassedTests: count('passed'),
    numFailedTests: count('failed'),
    numPendingTests: count('pending'),
    numRuntimeErrorTestSuites: broken,
    testResults,
  }
}

describe('the last line', () => {
  test('counts tests, and a file that could not be run as one that failed', () => {
    const counts = countTests(results({ a: { one: 'passed', two: 'failed' } }, 1))
    expect(countsLine(counts)).toBe('1 passed, 2 failed')
  })

  test('names skipped tests only where there are some', () => {
    expect(countsLine({ passed: 3, failed: 0, skipped: 2 })).toBe('3 passed, 0 failed, 2 skipped')
  })
})

describe("checks against Fly's OpenAPI document", () => {
  const read = (file: string) => (file === 'contract' ? "process.env['FLY_OPENAPI_FILE']" : 'nothing of it')

  test('a skipped one is lost; one that skips for another reason is not', () => {
    const mixed = results({ contract: { matches: 'passed', covers: 'pending' }, other: { go: 'pending' } })
    expect(lostOpenApiChecks(mixed, { complete: true, read })).toEqual(['skipped: covers'])
  })

  test('in a complete run some must have passed', () => {
    const none = results({ other: { one: 'passed' } })
    expect(lostOpenApiChecks(none, { complete: true, read })).toEqual(['no test used it'])
    expect(lostOpenApiChecks(none, { complete: false, read })).toEqual([])
  })
})
