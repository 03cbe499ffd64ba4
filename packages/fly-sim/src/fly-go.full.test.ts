import { execFile, execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { childEnv } from './config.ts'
import { useSim } from './testing/harness.ts'

const run = promisify(execFile)
const SOURCE = fileURLToPath(new URL('../testdata/flaps', import.meta.url))
const BUILD_TIMEOUT_MS = 300_000

/** "1.26" of "go version go1.26.8 linux/amd64"; null where Go is not installed. */
function goVersion(): string | null {
  try {
    return /go(\d+\.\d+)/u.exec(execFileSync('go', ['version'], { encoding: 'utf8' }))?.[1] ?? null
  } catch {
    return null
  }
}

const version = goVersion()
const hasGo = version !== null && Number(version.split('.')[1]) >= 23
const name = "Fly's own Go client (fly-go, package flaps) takes a machine through its whole life"
const sim = useSim({ delays: 'brisk', tokens: ['flaps-token'] })

if (!hasGo) {
  test.skip(`${name} (SKIPPED: no Go 1.23 or newer here, found ${version ?? 'none'})`, () => {})
} else {
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hangar-flaps-'))
    // go.sum names every hash, so nothing but these very modules can be built.
    await run('go', ['build', '-mod=readonly', '-buildvcs=false', '-o', join(folder, 'flaps'), '.'], {
      cwd: SOURCE,
      env: childEnv({ GOTOOLCHAIN: 'local', GOFLAGS: '' }),
    })
  }, BUILD_TIMEOUT_MS)
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true })
  })

  test(name, async () => {
    const { stdout } = await run(join(folder, 'flaps'), ['flaps-token', 'personal', 'flaps-app'], {
      env: childEnv({ FLY_FLAPS_BASE_URL: sim.running.url }),
    })
    expect(JSON.parse(stdout)).toEqual({
      created: 'created',
      started: 'started',
      refusedStatus: 409,
      refusedRequestId: expect.stringMatching(/-sim$/u),
      newVersion: true,
      env: { GENERATION: '2' },
      metadata: { user: 'u1' },
      execCode: 1,
      secrets: ['TOKEN'],
      listed: 1,
      previous: 'stopped',
      suspended: 'suspended',
      destroyed: 'destroyed',
    })
  })
}
