/** The leak check, on test files of its own, in a jest of its own. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'

type JestResult = { success: boolean; numPassedTests: number; testResults: { message: string }[] }

const root = fileURLToPath(new URL('../../../..', import.meta.url))

function runJestOn(fixture: string): Promise<JestResult> {
  const config = JSON.stringify({
    rootDir: root,
    roots: ['<rootDir>/packages/testkit'],
    testMatch: [`**/${fixture}.fixture.ts`],
    testEnvironment: '<rootDir>/packages/testkit/src/jest/environment.mts',
    extensionsToTreatAsEsm: ['.ts'],
    transform: {
      '\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' } }, module: { type: 'es6' } }],
    },
  })
  const args = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--json', '--config', config]
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      args,
      { cwd: root, env: { ...process.env, NODE_OPTIONS: '' } },
      (_error, stdout) => resolve(JSON.parse(stdout) as JestResult),
    )
  })
}

test('a file that leaves something open fails, although its tests pass, and what it left is named', async () => {
  const { success, numPassedTests, testResults } = await runJestOn('leaking')
  expect({ success, numPassedTests }).toEqual({ success: false, numPassedTests: 1 })
  expect(testResults[0]?.message).toMatch(/server listening on .*"address":"127\.0\.0\.1"/)
  expect(testResults[0]?.message).toMatch(/connection to 127\.0\.0\.1:\d+/)
  expect(testResults[0]?.message).toMatch(/child process \d+: sleep 1000/)
})

test('a file that closes everything passes', async () => {
  const { success, numPassedTests } = await runJestOn('tidy')
  expect({ success, numPassedTests }).toEqual({ success: true, numPassedTests: 1 })
})
