/** How much JavaScript the dashboard is, as browsers fetch it. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

export const MOST_JAVASCRIPT_BYTES = 250_000

/** All scripts of a build together, gzipped: more than any one view loads. */
export function measureJavaScript(builtPage: string): {
  bytes: number
  largest: [name: string, bytes: number][]
} {
  const folder = join(builtPage, 'assets')
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.js.gz'))
    .map((name): [string, number] => [name.replace(/\.gz$/, ''), statSync(join(folder, name)).size])
    .toSorted(([, a], [, b]) => b - a)
  return { bytes: files.reduce((sum, [, bytes]) => sum + bytes, 0), largest: files.slice(0, 5) }
}
