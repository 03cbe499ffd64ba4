// npm run test:contract: what our code relies on of the Machines API, held against the stand-in, or with
// `-- --target fly` against Fly itself, in the scratch organisation that FLY_ORG_SLUG names, with FLY_API_TOKEN.
// It creates at most four of Fly's smallest machines, each of which ends by itself, and deletes its apps; see
// packages/fly-sim/src/contract/target.ts.
import { parseArgs } from 'node:util'
import { root, tool } from './lib/paths.ts'
import { runTool } from './lib/run-tool.ts'

const EXIT_USAGE = 64
const TARGETS = ['stand-in', 'fly']

const { values } = parseArgs({ options: { target: { type: 'string', default: 'stand-in' } } })
const missing =
  values.target === 'fly'
    ? ['FLY_API_TOKEN', 'FLY_ORG_SLUG'].filter((name) => (process.env[name] ?? '') === '')
    : []

if (!TARGETS.includes(values.target)) {
  console.error(`--target must be one of ${TARGETS.join(', ')}`)
  process.exitCode = EXIT_USAGE
} else if (missing.length > 0) {
  console.error(
    `To run against Fly, set ${missing.join(' and ')}: a token of a scratch organisation, and its slug.`,
  )
  process.exitCode = EXIT_USAGE
} else {
  // As all tests, but without their PostgreSQL and Redis.
  const { default: config } = (await import(String(new URL('../jest.config.js', import.meta.url)))) as {
    default: Record<string, unknown>
  }
  const alone = { ...config, rootDir: root, globalSetup: undefined, globalTeardown: undefined }
  const args = ['-i', '--verbose', '--config', JSON.stringify(alone), 'packages/fly-sim/src/contract']
  process.exitCode = await runTool(tool('jest/bin/jest.js'), args, {
    env: {
      FLY_CONTRACT_TARGET: values.target,
      NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
    },
  })
}
