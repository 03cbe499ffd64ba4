/** One short campaign from end to end, as `npm run chaos` runs it. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder } from '@hangar/testkit/local'
import { describe, expect, test } from '@jest/globals'
import type { Figures } from './campaign.ts'

const run = promisify(execFile)
const main = fileURLToPath(new URL('main.ts', import.meta.url))

async function campaign(...options: string[]): Promise<Figures> {
  const folder = await temporaryFolder('chaos-report')
  try {
    const report = join(folder, 'report.json')
    // A campaign that fails prints why, and that is what the test then shows.
    await run(process.execPath, [main, ...options, '--report', report], {
      env: { ...process.env, NODE_OPTIONS: '' },
    }).catch((error: unknown) => {
      throw new Error((error as { stdout: string }).stdout, { cause: error })
    })
    return JSON.parse(readFileSync(report, 'utf8')) as Figures
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

describe('a campaign of real processes', () => {
  test('all that is desired is there within a minute of the faults, and nothing was done that must not be', async () => {
    const figures = await campaign('--seconds', '75', '--users', '20', '--seed', '7')
    expect(figures).toMatchObject({ violations: 0, unexpectedLogLines: 0 })
    expect(figures.secondsToConverge).not.toBeNull()
    expect(Object.keys(figures.faults).length).toBeGreaterThan(10)
    expect(figures.faults['FLUSHALL Redis']).toBe(1)
    expect(figures.flips).toBeGreaterThan(20)
    expect(figures.generations).toBeGreaterThan(10)
    expect(figures.webhooks.lost).toBeGreaterThan(0)
  }, 240_000)

  test('with every webhook lost the relay alone does it, long before one sweep is over', async () => {
    const figures = await campaign(
      '--seconds',
      '10',
      '--users',
      '10',
      '--seed',
      '8',
      '--lose-all-webhooks',
      '--calm',
    )
    expect(figures).toMatchObject({ violations: 0, webhooks: { accepted: 0 } })
    expect(figures.webhooks.lost).toBe(figures.webhooks.received)
    expect(figures.flips).toBeGreaterThan(3)
    expect(figures.secondsToConverge).toBeLessThan(60)
  }, 120_000)
})
