/** The two programs that a newcomer starts, as they start them, watched from outside. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { startProcess, waitFor, type ManagedProcess } from '@hangar/testkit'
import { afterEach, expect, test } from '@jest/globals'
import { inRepository } from './stack/programs.ts'

const started: ManagedProcess[] = []

async function run(command: string, ...args: string[]): Promise<ManagedProcess> {
  const entry = inRepository('scripts/run.mjs')
  // Long enough for an orderly stop: what this test wants to see is that it needs no killing.
  const child = await startProcess({ name: command, entry, args: [command, ...args], stopMs: 30_000 })
  started.push(child)
  return child
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.stop()))
})

const answers = async (url: string) => {
  try {
    await fetch(url, { signal: AbortSignal.timeout(1_000) })
    return true
  } catch {
    return false
  }
}

const logFolders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('hangar-logs-'))

test('demo tells the main job, ends with the result as JSON, and leaves nothing behind', async () => {
  const before = logFolders()
  const demo = await run('demo', '--json')
  expect([await demo.exited, demo.logs()]).toEqual([0, expect.any(String)])
  const result = JSON.parse(demo.logs().trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>
  expect(result).toEqual({
    provisionMs: expect.any(Number),
    resizeMs: expect.any(Number),
    deprovisionMs: expect.any(Number),
    reprovisionMs: expect.any(Number),
    names: [expect.stringMatching(/^vyx-user-[a-z0-9]{8}$/), expect.stringMatching(/^vyx-user-[a-z0-9]{8}$/)],
    tradersRan: true,
    eventsCount: expect.any(Number),
    rowsKept: true,
  })
  expect(result['eventsCount']).toBeGreaterThan(20)
  expect(logFolders().filter((name) => !before.includes(name))).toEqual([])
}, 120_000)

test('dev prints every address and a sign-in that works, and Ctrl-C ends all of it', async () => {
  const dev = await run('dev')
  await waitFor(() => !dev.running || dev.logs().includes('Hangar is up'), {
    what: 'dev to be up',
    timeoutMs: 60_000,
  })
  expect(dev.logs()).toContain('Hangar is up')
  const find = (pattern: RegExp) => pattern.exec(dev.logs())?.[1] ?? ''
  const api = find(/Admin +(http:\S+)\/admin/)
  const fly = find(/Fly stand-in (http:\S+)\/_sim\/state/)
  const logFolder = find(/Logs +(\S+)/)
  const statuses = await Promise.all(
    [`${api}/readyz`, `${fly}/_sim/state`, find(/Worker +(\S+),/), find(/Scheduler +(\S+),/)].map(
      async (url) => (await fetch(url)).status,
    ),
  )
  expect(statuses).toEqual([200, 200, 200, 200])
  const password = find(/password +(\S+)/)
  const credentials = [
    { email: find(/(admin@[\w.]+)/), password },
    { email: find(/(viewer@[\w.]+)/), password },
    { access_token: find(/(sb_secret_\w+)/) },
  ]
  for (const credential of credentials) {
    const signIn = await fetch(`${api}/admin/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(credential),
    })
    expect([signIn.status, signIn.headers.get('set-cookie')]).toEqual([
      200,
      expect.stringContaining('HttpOnly'),
    ])
  }
  const page = await fetch(`${api}/admin`)
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('id="root"')])
  expect(readFileSync(`${logFolder}/api.log`, 'utf8')).not.toContain(password)
  expect(readFileSync(`${logFolder}/api.log`, 'utf8')).not.toContain(find(/(sb_secret_\w+)/))

  dev.kill('SIGINT')
  expect(await dev.exited).toBe(0)
  expect(await answers(`${api}/healthz`)).toBe(false)
  expect(await answers(`${fly}/_sim/state`)).toBe(false)
  expect(existsSync(logFolder)).toBe(false)
}, 120_000)
