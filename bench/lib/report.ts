/** What every benchmark gives back: its numbers, the ratio to its bare peer, and what is aimed at. */
export type BenchResult = {
  name: string
  /** Ours divided by the bare peer's, from the same run. Above 1 is faster than bare. */
  ratio: number
  aimedRatio: number
  numbers: Record<string, number>
  /** A table for people: one row for each line. */
  rows: Record<string, string | number>[]
  /** Further aims, each with whether it was met. */
  aims?: { what: string; met: boolean }[]
}

export type BenchOptions = {
  /** A short run that proves that the benchmark works; its numbers mean little. */
  quick: boolean
  say: (line: string) => void
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

export function rounded(value: number, digits = 2): number {
  return Number(value.toFixed(digits))
}

export function print(result: BenchResult): void {
  console.log(`\n${result.name}`)
  console.table(result.rows)
  const aims = [
    {
      what: `${rounded(result.ratio)} of bare, aimed at ${result.aimedRatio}`,
      met: result.ratio >= result.aimedRatio,
    },
    ...(result.aims ?? []),
  ]
  for (const { what, met } of aims) console.log(`${met ? '✓' : '✗'} ${what}`)
}
