/**
 * Jest's Node environment with a leak check: a test file that leaves a connection, a server or a child process
 * open fails. Jest by itself only prints a warning, and only for the whole run. Servers and processes left are
 * ended; connections no longer keep the process alive but are not cut, because a client whose connection is cut
 * makes a new one, for which the next file would be blamed.
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

/** A worker whose jest was killed would go on with its tests, and with what they start. */
const PARENT_CHECK_MS = 1_000
const jestPid = process.ppid
setInterval(() => {
  if (process.ppid !== jestPid) process.exit(1)
}, PARENT_CHECK_MS).unref()

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
    const error = new Error('This file left something open, after all its tests and hooks')
    error.stack = `${error.message}:\n${leaks.map(describe).join('\n')}`
    state.unhandledErrors.push(error)
    for (const handle of leaks) end(handle)
  }

  async #leaks(): Promise<Handle[]> {
    for (let waitedMs = 0; ; waitedMs += POLL_MS) {
      const leaks = openHandles().filter((handle) => !this.#before.has(handle))
      if (leaks.length === 0 || waitedMs >= SETTLE_MS) return withoutPipesOfChildren(leaks)
      await delay(POLL_MS)
    }
  }
}

/** Node has no public list of handles with their details; `getActiveResourcesInfo` gives names of types only. */
function openHandles(): Handle[] {
  const node = process as unknown as { _getActiveHandles(): unknown[] }
  return node
    ._getActiveHandles()
    .filter(
      (handle) => handle instanceof Socket || handle instanceof Server || handle instanceof ChildProcess,
    )
    .filter((handle) => !isOwnStream(handle))
}

/** Made when somebody first looks at it, which may be in the middle of any file. */
function isOwnStream(handle: Handle): boolean {
  return [process.stdin, process.stdout, process.stderr].some((stream) => (stream as unknown) === handle)
}

/** A child and its three pipes are one leak. */
function withoutPipesOfChildren(handles: Handle[]): Handle[] {
  const pipes = new Set(handles.flatMap((handle) => (handle instanceof ChildProcess ? handle.stdio : [])))
  return handles.filter((handle) => !(handle instanceof Socket && pipes.has(handle)))
}

function describe(handle: Handle): string {
  if (handle instanceof ChildProcess)
    return `  - child process ${handle.pid ?? '?'}: ${handle.spawnargs.join(' ')}`
  if (handle instanceof Server) return `  - server listening on ${JSON.stringify(handle.address())}`
  if (handle.remotePort === undefined) return '  - a pipe'
  const remote = `${handle.remoteAddress ?? '?'}:${handle.remotePort}`
  return `  - connection to ${remote}${ownerOf(remote)}`
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

function end(handle: Handle): void {
  if (handle instanceof ChildProcess) handle.kill('SIGKILL')
  else if (handle instanceof Server) handle.close()
  else handle.unref()
}
