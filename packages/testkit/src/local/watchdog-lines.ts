import { readFileSync } from 'node:fs'

/** What must not outlive its starter, as told to the watchdog: a process, temporary folders, or both. */
export type Watched = {
  id: string
  process?: {
    pid: number
    /** From `processStart`: tells this process from a later one with the same id. */
    started: string
    /** Asked first; SIGKILL follows. */
    signal: NodeJS.Signals
  }
  /** Removed afterwards; only folders whose name begins with `hangar-`. */
  folders: string[]
  dockerContainer?: string
}

export type WatchdogLine = { add: Watched } | { remove: string }

/**
 * When the process began, in the kernel's clock ticks; empty for one that has ended and only waits to be
 * reaped, and where /proc is not there (macOS).
 */
export function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the program's name in parentheses and may hold spaces; the state is the third field
    // and the start the 22nd.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? '' : (fields[19] ?? '')
  } catch {
    return ''
  }
}
