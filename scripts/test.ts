// npm test: the everyday suite, on servers of its own. npm run test:full adds the slow files (*.full.test.ts).
// Extra arguments go to jest: `npm test -- packages/db -t lease`.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EXIT_UNAVAILABLE, findRedisServer, RedisUnavailableError } from '@hangar/testkit/local'
import { tool } from './lib/paths.ts'
import { runTool } from './lib/run-tool.ts'
import {
  countsLine,
  countTests,
  lostBrowserTests,
  lostOpenApiChecks,
  scopeOf,
  skippedLines,
  type JestResults,
} from './lib/test-report.ts'

const folder = mkdtempSync(join(tmpdir(), 'hangar-test-'))
try {
  process.exitCode = await main(process.argv.slice(2))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function main(args: string[]): Promise<number> {
  try {
    await findRedisServer((line) => console.error(line))
  } catch (error) {
    if (!(error instanceof RedisUnavailableError)) throw error
    console.error(error.message)
    return EXIT_UNAVAILABLE
  }
  const resultsFile = join(folder, 'results.json')
  const code = await runTool(
    tool('jest/bin/jest.js'),
    [...workers(args), '--json', `--outputFile=${resultsFile}`, ...args],
    {
      folders: [folder],
      // Jest runs ES modules through Node's vm modules, which Node calls experimental once per worker.
      env: { NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning' },
    },
  )
  if (!existsSync(resultsFile)) return code === 0 ? 0 : fail(code, '0 passed, 1 failed')
  return report(JSON.parse(readFileSync(resultsFile, 'utf8')) as JestResults, code)
}

/** Two workers, whatever the number of cores: each file may start services of its own beside them. */
function workers(args: string[]): string[] {
  const chosen = args.some((arg) => /^(-i|--runInBand|-w\b.*|--maxWorkers\b.*)$/.test(arg))
  return chosen ? [] : ['-w', '2']
}

function report(results: JestResults, code: number): number {
  const counts = countTests(results)
  for (const line of skippedLines(results)) console.error(line)
  if (process.env['FLY_OPENAPI_FILE']) {
    const lost = lostOpenApiChecks(results, scopeOf(process.argv.slice(2)))
    for (const line of lost) console.error(`FLY_OPENAPI_FILE is given, but ${line}`)
    counts.failed += lost.length
  } else if (counts.skipped > 0) {
    console.error("Tests against Fly's OpenAPI document are skipped: give its path as FLY_OPENAPI_FILE.")
  }
  if (process.env['CI'] === 'true') {
    const lost = lostBrowserTests(results)
    for (const line of lost) console.error(`CI=true, but ${line}`)
    counts.failed += lost.length
  }
  const line = countsLine(counts)
  if (code !== 0 || counts.failed > 0) return fail(code === 0 ? 1 : code, line)
  console.log(line)
  return 0
}

function fail(code: number, line: string): number {
  console.log(line)
  return code
}
