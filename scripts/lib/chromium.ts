/** The browser of the dashboard's tests: CHROMIUM_PATH, or the first that is found on the path. */
import { spawnSync } from 'node:child_process'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Null: there is none that runs. A CHROMIUM_PATH that leads to none is not replaced by another. */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | null {
  const chosen = environment['CHROMIUM_PATH'] ?? ''
  const programs = chosen === '' ? [...NAMES.map(onPath), '/usr/bin/chromium'] : [chosen]
  return programs.find((program) => program !== null && runs(program)) ?? null
}

/** Playwright wants a path. */
function onPath(name: string): string | null {
  const { status, stdout } = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' })
  return status === 0 ? stdout.trim() : null
}

function runs(program: string): boolean {
  return spawnSync(program, ['--version'], { timeout: 20_000 }).status === 0
}
