/** One run of jest in the sandbox, and what became of each test in it. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { watch } from '@hangar/testkit/local'
import type { JestResults } from '../../scripts/lib/test-report.ts'

/** Jest's own limits end a test that waits for ever; this ends a run that does not even do that, and it counts as not run. */
const RUN_DEADLINE_MS = 180_000

export type TestRun = { failed: string[]; passed: string[]; crashed: boolean; output: string }

/** `name` is a part of the tests' full names; without it all tests of the files run. */
export async function runTests(folder: string, files: readonly string[], name?: string): Promise<TestRun> {
  const resultsFile = join(folder, 'mutant-results.json')
  rmSync(resultsFile, { force: true })
  const chosen = name === undefined ? [] : ['-t', escapeForRegExp(name)]
  const jest = join(folder, 'node_modules', 'jest', 'bin', 'jest.js')
  const output = await spawnBounded(
    folder,
    [jest, '-w', '1', '--json', `--outputFile=${resultsFile}`, '--runTestsByPath', ...chosen, ...files],
    RUN_DEADLINE_MS,
  )
  if (!existsSync(resultsFile)) return { failed: [], passed: [], crashed: true, output }
  const results = JSON.parse(readFileSync(resultsFile, 'utf8')) as JestResults
  const all = results.testResults.flatMap((file) => file.assertionResults)
  const named = (status: string) => all.filter((one) => one.status === status).map((one) => one.fullName)
  return {
    failed: named('failed'),
    passed: named('passed'),
    crashed: results.numRuntimeErrorTestSuites > 0,
    output,
  }
}

function spawnBounded(cwd: string, args: string[], deadlineMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
    }
    const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const release =
      child.pid === undefined
        ? () => {}
        : watch({ process: { pid: child.pid, signal: 'SIGTERM' }, folders: [] })
    const timer = setTimeout(() => child.kill('SIGTERM'), deadlineMs)
    let output = ''
    const keep = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', reject)
    child.once('close', () => {
      clearTimeout(timer)
      release()
      resolve(output)
    })
  })
}

const escapeForRegExp = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
