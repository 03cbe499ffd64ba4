// npm run verify: everything about the code that needs no running of it. All checks run, whatever fails; at the
// end stands which failed and the command that fixes it. `-- format lint` runs only those, `-- --fix` lets the
// tools that can repair do so first.
import { join } from 'node:path'
import { root, tool } from './lib/paths.ts'
import { captureTool } from './lib/run-tool.ts'

type Check = {
  what: string
  program: string
  args: string[]
  /** Arguments with which the same program repairs what it can. */
  fixArgs?: string[]
  /** What to do about a failure, as a command where there is one. */
  remedy: string
}

const FIX = 'npm run verify -- --fix'

const CHECKS: Record<string, Check> = {
  format: {
    what: 'every file is formatted',
    program: tool('prettier/bin/prettier.cjs'),
    args: ['--check', '--log-level=warn', '.'],
    fixArgs: ['--write', '--log-level=warn', '.'],
    remedy: FIX,
  },
  lint: {
    what: 'no lint errors',
    program: tool('eslint/bin/eslint.js'),
    args: ['--max-warnings=0', '.'],
    fixArgs: ['--max-warnings=0', '--fix', '.'],
    remedy: `${FIX} (what is left needs a hand)`,
  },
  types: {
    what: 'the types fit',
    program: tool('typescript/bin/tsc'),
    args: ['--project', '.'],
    remedy: 'change the code where the compiler points',
  },
  page: {
    what: 'the types of the admin page fit',
    program: tool('typescript/bin/tsc'),
    args: ['--project', 'web/admin'],
    remedy: 'change the code where the compiler points',
  },
  size: {
    what: 'the dashboard can be built, and is small enough to fetch',
    program: join(root, 'scripts', 'check-page.ts'),
    args: [],
    remedy: 'load what is large only where it is needed, or do without it',
  },
  imports: {
    what: 'nobody imports what they may not',
    program: tool('dependency-cruiser/bin/dependency-cruiser.mjs'),
    args: [
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err-long',
      'packages',
      'services',
      'cli',
      'scripts',
      'bench',
      'proof',
      'web',
    ],
    remedy: 'do what the rule that is named says (.dependency-cruiser.cjs)',
  },
  unused: {
    what: 'no file, export or dependency is unused',
    program: tool('knip/bin/knip.js'),
    args: ['--no-progress', '--treat-config-hints-as-errors'],
    remedy: 'delete it, or drop its `export`',
  },
  generated: {
    what: 'generated files are up to date',
    program: join(root, 'scripts', 'generate.ts'),
    args: ['--verify'],
    fixArgs: [],
    remedy: 'npm run generate',
  },
  supply: {
    what: 'what is installed is locked, from the registry, under checksums',
    program: join(root, 'scripts', 'check-supply.ts'),
    args: [],
    remedy: 'put exact versions into the catalog of pnpm-workspace.yaml, and install with the lockfile',
  },
  deploy: {
    what: 'docker-compose.yml and fly.toml are what their schemas say',
    program: join(root, 'scripts', 'check-deploy.ts'),
    args: [],
    remedy: 'correct the file at the place that is named (deploy/schemas/README.md)',
  },
  api: {
    what: 'who knows the released API can use this one',
    program: join(root, 'scripts', 'check-api.ts'),
    args: [],
    remedy:
      'put back what is gone; where the break is meant, tell of it in CHANGELOG.md and run: npm run generate -- --release',
  },
}

/** Each check keeps about one core busy. */
const AT_ONCE = 2

const chosen = process.argv.slice(2).filter((arg) => arg !== '--fix')
const unknown = chosen.filter((name) => !Object.hasOwn(CHECKS, name))
if (unknown.length > 0) {
  console.error(`Unknown check ${unknown.join(', ')}. Known: ${Object.keys(CHECKS).join(', ')}.`)
  process.exit(64)
}
const checks = Object.entries(CHECKS).filter(([name]) => chosen.length === 0 || chosen.includes(name))
if (process.argv.includes('--fix')) await fix(checks)
process.exitCode = await verify(checks)

/** One after the other: they write the same files. */
async function fix(list: [string, Check][]): Promise<void> {
  for (const [name, { program, fixArgs }] of list) {
    if (fixArgs === undefined) continue
    console.log(`fixing ${name}`)
    await captureTool(program, fixArgs)
  }
}

async function verify(list: [string, Check][]): Promise<number> {
  const waiting = [...list]
  const failed: [string, Check][] = []
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      if (!(await run(...next))) failed.push(next)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  if (failed.length === 0) {
    console.log(`All ${list.length} checks passed.`)
    return 0
  }
  console.log('')
  for (const [name, { remedy }] of failed) console.log(`${name} failed. To fix: ${remedy}`)
  return 1
}

async function run(name: string, check: Check): Promise<boolean> {
  const startedAt = performance.now()
  const { code, output } = await captureTool(check.program, check.args)
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1)
  console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name.padEnd(9)} ${seconds.padStart(5)} s  ${check.what}`)
  if (code !== 0) console.log(output.trimEnd())
  return code === 0
}
