/** promtool, which checks and tests Prometheus rules: on the path, or where setup-promtool has put it. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { root } from './paths.ts'

export const OWN_PROMTOOL = join(root, 'node_modules', '.cache', 'hangar', 'promtool')

/** Null: there is none that runs. */
export function findPromtool(): string | null {
  const runs = (program: string) => spawnSync(program, ['--version']).status === 0
  return ['promtool', OWN_PROMTOOL].find(runs) ?? null
}
