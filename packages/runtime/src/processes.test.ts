/** How a process ends, seen from outside: real processes, real signals. */
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, test } from '@jest/globals'
import { startProcess, waitFor, type ManagedProcess } from '@hangar/testkit'

const started: ManagedProcess[] = []

async function start(fixture: string, ...args: string[]): Promise<ManagedProcess> {
  const entry = fileURLToPath(new URL(`fixtures/${fixture}.ts`, import.meta.url))
  const child = await startProcess({ name: fixture, entry, args })
  started.push(child)
  return child
}

async function startStopping(...args: string[]): Promise<ManagedProcess> {
  const child = await start('stopping-process', ...args)
  await waitFor(() => child.logs().includes('ready'), { what: 'the fixture to be ready' })
  return child
}

const spoken = (child: ManagedProcess) =>
  child
    .logs()
    .split('\n')
    .filter((line) => line.endsWith(' stopped'))

afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.stop()))
})

describe('an end in order', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s stops the last registered first and exits 0',
    async (signal) => {
      const child = await startStopping()
      child.kill(signal)
      expect(await child.exited).toBe(0)
      expect(spoken(child)).toEqual(['last stopped', 'middle stopped', 'first stopped'])
    },
  )

  test('a part that fails is logged, without its secret, and the others still stop', async () => {
    const child = await startStopping('throw')
    child.kill('SIGTERM')
    expect(await child.exited).toBe(0)
    expect(spoken(child)).toEqual(['last stopped', 'first stopped'])
    expect(child.logs()).toContain('could not be stopped cleanly')
    expect(child.logs()).not.toContain('hgr_k1_row')
  })

  test('a part that hangs past the deadline is named, and the exit code is 1', async () => {
    const child = await startStopping('hang', '50')
    child.kill('SIGTERM')
    expect(await child.exited).toBe(1)
    expect(child.logs()).toContain('"left":["middle","first"]')
  })

  test('one Ctrl-C that arrives twice counts once; a later signal ends at once', async () => {
    const child = await startStopping('hang', '60000')
    child.kill('SIGINT')
    await waitFor(() => child.logs().includes('"stopping"'), { what: 'the stop to begin' })
    child.kill('SIGINT')
    expect(child.running).toBe(true)
    const later = waitFor(() => (child.kill('SIGTERM'), !child.running), {
      what: 'the second signal to end it',
    })
    expect(await child.exited).toBe(143)
    await later
  })
})

describe('a process that cannot start', () => {
  test('exits 78 for a wrong configuration, with one line per problem and no value', async () => {
    const child = await start('failing-process', 'config')
    expect(await child.exited).toBe(78)
    expect(child.logs().trim().split('\n')).toEqual([
      'fixture: DATABASE_URL: write it as postgres://… with user, host and database',
      'fixture: REDIS_URL is missing',
    ])
  })

  test('exits 1 for anything else, with the causes and no password', async () => {
    const child = await start('failing-process')
    expect(await child.exited).toBe(1)
    expect(child.logs().trim().split('\n')).toEqual([
      'fixture: no way in',
      'fixture: caused by: postgres://user:[redacted]@host/db refused',
    ])
  })
})
