// For `npm run verify`: what is installed comes from the lockfile alone, and what is in the lockfile from the registry, under
// checksums, a week after its release at the earliest. Whether weaknesses are known of it, `npm run audit` asks.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { root } from './lib/paths.ts'
import {
  faultsOfInstalls,
  faultsOfLockfile,
  faultsOfWorkspace,
  type Lockfile,
  type Workspace,
} from './lib/supply.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
/** Whatever describes how something of ours is installed to be run. */
const INSTALLERS = ['Dockerfile', 'docker-compose.yml', '.ci/run', 'deploy/fly/fly.toml'].filter((path) =>
  existsSync(join(root, path)),
)

const faults = [
  ...faultsOfLockfile(parse(read('pnpm-lock.yaml')) as Lockfile),
  ...faultsOfWorkspace(parse(read('pnpm-workspace.yaml')) as Workspace),
  ...INSTALLERS.flatMap((path) => faultsOfInstalls(path, read(path))),
  ...(read('scripts/run.mjs').includes("'--frozen-lockfile'")
    ? []
    : ['scripts/run.mjs installs without the lockfile']),
]
for (const fault of faults) console.error(fault)
if (faults.length > 0) process.exitCode = 1
