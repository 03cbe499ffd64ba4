/** Nothing that was started may be left running, however its starter ended. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from '@jest/globals'
import { freePort, startPostgres, startProcess, startRedis, waitFor, type ManagedProcess } from './index.ts'
import { processStart } from './watchdog-lines.ts'

const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/${name}.ts`, import.meta.url))
const started: ManagedProcess[] = []

async function start(name: string): Promise<ManagedProcess> {
  const child = await startProcess({ name, entry: fixture(name), stopMs: 200 })
  started.push(child)
  return child
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((child) => child.stop()))
})

/** Ended, or ended and not yet reaped by whoever inherited it. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return true
  }
  return existsSync('/proc') && processStart(pid) === ''
}

const grandchildOf = (logs: string) => Number(/grandchild (\d+)/.exec(logs)?.[1] ?? Number.NaN)

test('when the starter is killed with SIGKILL, the watchdog ends servers, processes and their children', async () => {
  const starter = await start('starter')
  const line = await waitFor(() => /^\{.*\}$/m.exec(starter.logs())?.[0], {
    what: 'the starter to start everything',
  })
  const { pids, logFile } = JSON.parse(line) as { pids: number[]; logFile: string }
  const grandchild = await waitFor(() => grandchildOf(readFileSync(logFile, 'utf8')) || null, {
    what: 'the grandchild',
  })
  starter.kill('SIGKILL')
  await waitFor(() => [...pids, grandchild].every(isGone), {
    what: 'everything to be gone',
    timeoutMs: 15_000,
  })
  await waitFor(() => !existsSync(dirname(logFile)), { what: 'the log folder to be removed' })
})

test('stop kills a process that ignores the request, and what it had started', async () => {
  const child = await start('parent-of-one')
  const grandchild = await waitFor(() => grandchildOf(child.logs()) || null, { what: 'the grandchild' })
  expect(await child.stop()).toBe(128 + 9)
  expect(child.running).toBe(false)
  expect(child.logs()).toContain('grandchild')
  await waitFor(() => isGone(grandchild), { what: 'the grandchild to be gone' })
})

test('a process that ends before it is ready is an error with its output', async () => {
  const readyUrl = `http://127.0.0.1:${await freePort()}/`
  const starting = startProcess({ name: 'missing', entry: fixture('no-such-file'), readyUrl })
  await expect(starting).rejects.toThrow(/missing ended with 1 before it was ready.*no-such-file/s)
})

test('a server refuses a port that is taken, and frees its own', async () => {
  const first = await startRedis()
  await expect(startRedis({ port: first.port })).rejects.toThrow(`did not start on port ${first.port}`)
  await first.crash()
  const again = await startRedis({ port: first.port })
  await again.stop()
})

test('PostgreSQL runs with UTF-8, in UTC, and leaves no folder', async () => {
  const { default: pg } = await import('pg')
  const server = await startPostgres()
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  const { rows } = await client.query<{ folder: string; encoding: string; zone: string }>(`
    select current_setting('data_directory') as folder, current_setting('server_encoding') as encoding,
      current_setting('timezone') as zone`)
  await client.end()
  expect(rows[0]).toMatchObject({ encoding: 'UTF8', zone: 'UTC' })
  const folder = rows[0]?.folder ?? ''
  expect(existsSync(folder)).toBe(true)
  await server.stop()
  expect(existsSync(dirname(folder))).toBe(false)
})
