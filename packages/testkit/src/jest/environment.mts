/**
 * Jest's Node environment with a leak check: a test file that leaves a connection, a server or a child process
 * open fails, and what it left is closed so that the next file starts clean. Jest by itself only prints a
 * warning, and only for the whole run.
 *
 * It runs after all hooks of the file. What was open before the file began (jest's own pipes) does not count,
 * nor does what keeps no process alive (idle keep-alive sockets).
 */
import { ChildProcess } from 'node:child_process'
import { Server, Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { TestEnvironment } from 'jest-environment-node'

/** Sockets take a moment to close after their owner was told to. */
const SETTLE_MS = 2_000
const POLL_MS = 20

type Handle = Socket | Server | ChildProcess
type CircusEvent = { name: string }
type CircusState = { unhandledErrors: Error[] }

export default class HangarEnvironment extends TestEnvironment {
  #before = new Set<Handle>()

  override async setup(): Promise<void> {
    await super.setup()
    this.#before = new Set(openHandles())
  }

  /** jest-circus calls this for each event; an entry in `unhandledErrors` fails the file. */
  async handleTestEvent(event: CircusEvent, state: CircusState): Promise<void> {
    if (event.name !== 'run_finish') return
    const leaks = await this.#leaks()
    if (leaks.length === 0) return
    const list = leaks.map((handle) => `  - ${describe(handle)}`).join('\n')
    state.unhandledErrors.push(new Error(`This file left open, after all its tests and hooks:\n${list}`))
    for (const handle of leaks) close(handle)
  }

  async #leaks(): Promise<Handle[]> {
    for (let waitedMs = 0; ; waitedMs += POLL_MS) {
      const leaks = openHandles().filter((handle) => !this.#before.has(handle))
      if (leaks.length === 0 || waitedMs >= SETTLE_MS) return leaks
      await delay(POLL_MS)
    }
  }
}

/** Node has no public list of handles with their details; `getActiveResourcesInfo` gives names of types only. */
function openHandles(): Handle[] {
  const { _getActiveHandles } = process as unknown as { _getActiveHandles(): unknown[] }
  return _getActiveHandles
    .call(process)
    .filter(
      (handle) => handle instanceof Socket || handle instanceof Server || handle instanceof ChildProcess,
    )
}

function describe(handle: Handle): string {
  if (handle instanceof ChildProcess)
    return `child process ${handle.pid ?? '?'}: ${handle.spawnargs.join(' ')}`
  if (handle instanceof Server) return `server listening on ${JSON.stringify(handle.address())}`
  const remote =
    handle.remotePort === undefined ? 'a pipe' : `${handle.remoteAddress ?? '?'}:${handle.remotePort}`
  return `connection to ${remote}${ownerOf(remote)}`
}

/** The servers of the run are known by their port: their clients are the usual leak. */
function ownerOf(remote: string): string {
  const servers = {
    PostgreSQL: process.env['HANGAR_TEST_PG_URL'],
    Redis: process.env['HANGAR_TEST_REDIS_URL'],
  }
  for (const [name, url] of Object.entries(servers)) {
    if (url !== undefined && remote.endsWith(`:${new URL(url).port}`)) return ` (the run's ${name})`
  }
  return ''
}

function close(handle: Handle): void {
  if (handle instanceof ChildProcess) handle.kill('SIGKILL')
  else if (handle instanceof Server) handle.close()
  else handle.destroy()
}
