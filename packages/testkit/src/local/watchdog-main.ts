/**
 * The watchdog process: waits for the end of its standard input, which is the end of the process that started
 * it, however that ended (SIGKILL included), and then stops what is still on its list and removes the folders.
 *
 * States: watching (lines add and remove entries) → input ended → stopping (each entry is asked, then killed)
 * → gone. An orderly parent empties the list first, so nothing is left to do.
 */
import { rmSync } from 'node:fs'
import { basename } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { spawnSync } from 'node:child_process'
import { processStart, type WatchdogLine, type Watched } from './watchdog-lines.ts'

const GRACE_MS = 4_000
const watched = new Map<string, Watched>()

// A Ctrl-C at the terminal is for the parent; this process ends when the parent does.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

for await (const text of createInterface({ input: process.stdin })) {
  const line = JSON.parse(text) as WatchdogLine
  if ('add' in line) watched.set(line.add.id, line.add)
  else watched.delete(line.remove)
}
await Promise.all([...watched.values()].map(end))

async function end({ process: child, dockerContainer, folders }: Watched): Promise<void> {
  if (child) {
    if (isStill(child)) {
      send(child.pid, child.signal)
      const polls = GRACE_MS / 50
      for (let poll = 0; poll < polls && isStill(child); poll++) await delay(50)
    }
    // Every process is started as the leader of a group of its own; this reaches what it started itself.
    send(-child.pid, 'SIGKILL')
  }
  if (dockerContainer !== undefined) spawnSync('docker', ['rm', '--force', dockerContainer])
  for (const folder of folders) {
    if (!basename(folder).startsWith('hangar-')) continue
    // A program that is just ending may still write there.
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}

/** Guards against a process id that was given to somebody else in the meantime. */
function isStill(child: NonNullable<Watched['process']>): boolean {
  try {
    process.kill(child.pid, 0)
  } catch {
    return false
  }
  return processStart(child.pid) === child.started
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already, which is what we want.
  }
}
