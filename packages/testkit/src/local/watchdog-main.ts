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

async function end(entry: Watched): Promise<void> {
  if (isStill(entry)) {
    send(entry.pid, entry.signal)
    const polls = GRACE_MS / 50
    for (let poll = 0; poll < polls && isStill(entry); poll++) await delay(50)
  }
  // Every process is started as the leader of a group of its own; this reaches what it started itself.
  send(-entry.pid, 'SIGKILL')
  if (entry.dockerContainer !== undefined) spawnSync('docker', ['rm', '--force', entry.dockerContainer])
  for (const folder of entry.folders) {
    if (basename(folder).startsWith('hangar-')) rmSync(folder, { recursive: true, force: true })
  }
}

/** Guards against a process id that was given to somebody else in the meantime. */
function isStill(entry: Watched): boolean {
  try {
    process.kill(entry.pid, 0)
  } catch {
    return false
  }
  return processStart(entry.pid) === entry.started
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // Gone already, which is what we want.
  }
}
