// npm run setup-promtool: sees to it that there is a promtool for the tests of the alert rules. Uses the one that is here;
// else takes this one program out of Debian's package prometheus, into node_modules/.cache: no server is installed, and
// nothing needs root but fetching the lists of packages where there are none. Nothing else ever fetches it: the tests
// only say what they leave out without it. .ci/run asks for it, and goes on without.
import { execFile } from 'node:child_process'
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { EXIT_UNAVAILABLE, temporaryFolder } from '@hangar/testkit/local'
import { findPromtool, OWN_PROMTOOL } from './lib/promtool.ts'

const run = promisify(execFile)
/** 25 MB, from a mirror that may be slow; one that is away says so in time. */
const TIMEOUTS = { updateMs: 60_000, downloadMs: 180_000, unpackMs: 60_000 }

process.exitCode = await main()

async function main(): Promise<number> {
  const whyNot = findPromtool() === null ? await fetchIt().catch((error: unknown) => oneLine(error)) : null
  const found = findPromtool()
  if (found === null) {
    console.error(
      `promtool could not be fetched (${whyNot ?? 'it does not run'}). Install Prometheus' tools by hand.`,
    )
    return EXIT_UNAVAILABLE
  }
  console.log(`promtool at ${found}`)
  return 0
}

async function fetchIt(): Promise<null> {
  const folder = await temporaryFolder('promtool')
  try {
    await download(folder)
    const [file] = (await readdir(folder)).filter((name) => name.endsWith('.deb'))
    await run('dpkg', ['-x', join(folder, file ?? ''), folder], { timeout: TIMEOUTS.unpackMs })
    await mkdir(dirname(OWN_PROMTOOL), { recursive: true })
    await copyFile(join(folder, 'usr/bin/promtool'), OWN_PROMTOOL)
    return null
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** A machine that never fetched its lists of packages knows of no package. */
async function download(cwd: string): Promise<void> {
  const get = () => run('apt-get', ['download', 'prometheus'], { cwd, timeout: TIMEOUTS.downloadMs })
  try {
    await get()
  } catch {
    await run('apt-get', ['update'], { timeout: TIMEOUTS.updateMs })
    await get()
  }
}

function oneLine(error: unknown): string {
  return (error as Error).message.trim().split('\n').at(-1) ?? 'unknown'
}
