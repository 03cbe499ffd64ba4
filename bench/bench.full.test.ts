/** The benchmarks still run and say what they are asked to. Their numbers are not judged: this is no timed test. */
import { fileURLToPath } from 'node:url'

import { startProcess } from '@hangar/testkit/local'
import { describe, expect, test } from '@jest/globals'

const entry = fileURLToPath(new URL('./main.ts', import.meta.url))

async function run(...args: string[]) {
  const process = await startProcess({ name: 'bench', entry, args })
  const code = await process.exited
  return { code, lines: process.logs().trim().split('\n') }
}

describe('npm run bench', () => {
  test.each(['webhook', 'shim', 'lifecycle', 'health-sweep', 'priority', 'admin-api'])(
    '%s measures us beside a bare peer',
    async (name) => {
      const { code, lines } = await run(name, '--quick', '--json')
      expect({ code, lines }).toMatchObject({ code: 0 })
      const summary = JSON.parse(lines.at(-1) ?? '') as Record<string, Record<string, number>>
      expect(Object.keys(summary)).toEqual([name])
      expect(summary[name]?.['ratio']).toBeGreaterThan(0)
      for (const number of Object.values(summary[name] ?? {})) expect(number).toBeGreaterThanOrEqual(0)
    },
    180_000,
  )

  test('names the benchmarks there are when asked for another', async () => {
    const { code, lines } = await run('typing')
    expect(code).toBe(64)
    expect(lines.join()).toContain('There are: webhook, shim, lifecycle, health-sweep, priority, admin-api')
  })
})
