const UNIT_MS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
}

/** A Go duration: "15s", "1m30s", or a bare number, which fly-go reads as nanoseconds. null: not a duration. */
export function durationMs(value: string | number | undefined | null): number | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'number') return value * 1e-6
  if (value === '0') return 0
  const parts = [...value.matchAll(/([0-9]*\.?[0-9]+)(ns|us|µs|ms|s|m|h)/gu)]
  if (parts.length === 0 || parts.map(([all]) => all).join('') !== value) return null
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0), 0)
}
