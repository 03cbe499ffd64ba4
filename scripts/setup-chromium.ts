// npm run setup-chromium: sees to it that there is a Chromium for the tests of the dashboard. Uses the one that is here;
// else, as root or with a sudo that asks for no password, installs Debian's package. Nothing else ever installs it: the
// tests only say what they leave out without it. .ci/run asks for it; there, a browser test left out is a failure where
// CI=true says that the machine is meant to have everything.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { EXIT_UNAVAILABLE } from '@hangar/testkit/local'
import { findChromium } from './lib/chromium.ts'

const run = promisify(execFile)
/** With what it needs 120 MB, from a mirror that may be slow. */
const TIMEOUTS = { updateMs: 60_000, installMs: 600_000 }
const LOCK = ['-o', 'DPkg::Lock::Timeout=120']

process.exitCode = await main()

async function main(): Promise<number> {
  const whyNot = findChromium() === null ? await install().catch((error: unknown) => oneLine(error)) : null
  const found = findChromium()
  if (found === null) {
    console.error(
      `Chromium could not be installed (${whyNot ?? 'it does not run'}). Install it by hand, or name one as CHROMIUM_PATH.`,
    )
    return EXIT_UNAVAILABLE
  }
  console.log(`Chromium at ${found}`)
  return 0
}

async function install(): Promise<null> {
  console.log("Installing Debian's package chromium…")
  const get = ['install', '--yes', '--no-install-recommends', 'chromium']
  try {
    await apt(get, TIMEOUTS.installMs)
  } catch {
    // A machine that never fetched its lists of packages knows of no package.
    await apt(['update'], TIMEOUTS.updateMs)
    await apt(get, TIMEOUTS.installMs)
  }
  return null
}

async function apt(args: string[], timeout: number): Promise<void> {
  const command = ['apt-get', ...LOCK, ...args]
  const [program = '', ...rest] = process.getuid?.() === 0 ? command : ['sudo', '-n', ...command]
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }
  await run(program, rest, { timeout, env, maxBuffer: 16 * 1024 * 1024 })
}

function oneLine(error: unknown): string {
  return (error as Error).message.trim().split('\n').at(-1) ?? 'unknown'
}
