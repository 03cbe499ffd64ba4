// npm run audit: asks the registry for known weaknesses in every package of the lockfile, those of development included.
// Exit code 0: none that is high or critical. 1: there is one. Where the registry gives no answer (no network, a mirror
// without advisories) it says SKIPPED and ends with 0; with `-- --required` with 69, for whoever has to be sure.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { judgeAudit } from './lib/audit.ts'
import { root } from './lib/paths.ts'

const EXIT_UNAVAILABLE = 69
const TIMEOUT_MS = 120_000

const verdict = judgeAudit(await askRegistry())
if (verdict.kind === 'no_answer') {
  console.log(`SKIPPED: the registry did not say which packages have known weaknesses: ${verdict.why}`)
  if (process.argv.includes('--required')) process.exitCode = EXIT_UNAVAILABLE
} else {
  for (const finding of verdict.stopping) console.error(finding)
  console.log(`${verdict.stopping.length} high or critical, ${verdict.lesser} lesser findings.`)
  if (verdict.stopping.length > 0) process.exitCode = 1
}

/** The exit code says only that there are findings, of whatever severity. */
function askRegistry(): Promise<string> {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    packageManager: string
  }
  return new Promise((resolve) => {
    execFile(
      'npx',
      ['--yes', packageManager, 'audit', '--json'],
      { cwd: root, timeout: TIMEOUT_MS, maxBuffer: 64 * 1_048_576 },
      (error, stdout, stderr) => resolve(stdout.trim() === '' ? `${stderr}${error?.message ?? ''}` : stdout),
    )
  })
}
