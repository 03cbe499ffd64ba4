import { describe, expect, test } from '@jest/globals'
import {
  countsLine,
  countTests,
  lostBrowserTests,
  lostOpenApiChecks,
  scopeOf,
  skippedLines,
  type JestResults,
} from './test-report.ts'

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

test('what was left out is said once for each reason, and what was only not chosen is not', () => {
  const skipped = results({
    a: { 'sdk/go (SKIPPED: no Go here; try this)': 'pending', 'not chosen by -t': 'pending' },
    b: { 'the apps (SKIPPED: no Go here; try this)': 'pending', 'SKIPPED: no apt-get': 'pending' },
    c: { 'the apps (SKIPPED: no Go here; try this)': 'pending', 'says SKIPPED: x': 'passed' },
  })
  expect(skippedLines(skipped)).toEqual([
    'SKIPPED (no Go here; try this): sdk/go; the apps',
    'SKIPPED (no apt-get)',
  ])
})

test("the dashboard's tests that found no browser are named, and no others", () => {
  const run = results({
    a: { 'the page (SKIPPED: no Chromium here)': 'pending', 'sdk/go (SKIPPED: no Go here)': 'pending' },
    b: { 'the page in Chromium': 'passed', 'not chosen by -t': 'pending' },
  })
  expect(lostBrowserTests(run)).toEqual(['skipped: the page (SKIPPED: no Chromium here)'])
})

describe("checks against Fly's OpenAPI document", () => {
  const read = (file: string) => (file === 'contract' ? "process.env['FLY_OPENAPI_FILE']" : 'nothing of it')
  const lostIn = (files: Parameters<typeof results>[0], args: string[] = []) =>
    lostOpenApiChecks(results(files), scopeOf(args), read)

  test('a skipped one is lost; one that skips for another reason is not', () => {
    expect(lostIn({ contract: { matches: 'passed', covers: 'pending' }, other: { go: 'pending' } })).toEqual([
      'skipped: covers',
    ])
  })

  test('so is one that says so by its name only', () => {
    expect(
      lostIn({ other: { 'fits the OpenAPI file': 'pending', 'runs Go': 'pending' } }, ['other']),
    ).toEqual(['skipped: fits the OpenAPI file'])
  })

  test('in a complete run some must have been run', () => {
    const none = { other: { one: 'passed' } } as const
    expect(lostIn(none)).toEqual(['no test used it'])
    expect(lostIn(none, ['packages/db'])).toEqual([])
    expect(lostIn({ contract: { covers: 'failed' } })).toEqual([])
  })

  test.each([['-t'], ['-t=lease'], ['--testNamePattern'], ['--testNamePattern=lease']])(
    'left out by name (%s), none is lost',
    (flag) => {
      expect(lostIn({ contract: { covers: 'pending' } }, [flag])).toEqual([])
    },
  )
})
