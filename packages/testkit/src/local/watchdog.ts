import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import type { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { processStart, type WatchdogLine } from './watchdog-lines.ts'

/**
 * What this process started and must take with it. While the list is empty no watchdog runs; the first entry
 * starts one, the last removal lets it go.
 */
const watched = new Set<string>()
let input: Writable | undefined

/** Ends the process (and its group) and removes the folders should this process die. Returns the release. */
export function watch(entry: {
  process?: { pid: number; signal: NodeJS.Signals }
  folders: string[]
  dockerContainer?: string
}): () => void {
  const id = randomUUID()
  input ??= startWatchdog()
  watched.add(id)
  const { process: child, ...rest } = entry
  tell({ add: { ...rest, id, ...(child && { process: { ...child, started: processStart(child.pid) } }) } })
  return () => {
    if (!watched.delete(id)) return
    tell({ remove: id })
    if (watched.size > 0) return
    input?.end()
    input = undefined
  }
}

function tell(line: WatchdogLine): void {
  input?.write(`${JSON.stringify(line)}\n`)
}

function startWatchdog(): Writable {
  const child = spawn(process.execPath, [fileURLToPath(new URL('watchdog-main.ts', import.meta.url))], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    // Flags of the test runner do not concern it.
    env: { ...process.env, NODE_OPTIONS: '' },
  })
  child.unref()
  // Neither the watchdog nor the pipe to it keeps this process alive.
  ;(child.stdin as unknown as { unref(): void }).unref()
  child.stdin.on('error', () => {})
  return child.stdin
}
