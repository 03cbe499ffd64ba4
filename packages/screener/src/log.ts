// One JSON object per line on stdout, which is where Fly collects an app's log.

export type Log = (event: string, fields?: Record<string, unknown>) => void

/** Fields given here are on every line. Callers pass ids, counts and reasons, never tokens. */
export function createLog(base: Record<string, unknown>): Log {
  return (event, fields) => {
    process.stdout.write(`${JSON.stringify({ time: isoNow(), ...base, event, ...fields })}\n`)
  }
}

/** The time of day as this process sees it; does not jump when the host's clock is set. */
export function isoNow(): string {
  return new Date(performance.timeOrigin + performance.now()).toISOString()
}
