import { describe, expect, test } from '@jest/globals'
import { Dice } from './dice.ts'
import { runHistory } from './history.ts'
import { REGRESSIONS } from './regressions.ts'
import { drawScript, type Script } from './script.ts'
import { useStore } from './testing.ts'

/** On a machine that has nothing else to do, some 10 s of them. */
const HISTORIES = 120
const FIRST_SEED = 20_260_301

const store = useStore()

/** What the health sweeps of a readable history say of themselves. */
const healthSweeps = (lines: readonly string[]): { checked: number; woken: number }[] =>
  lines
    .flatMap((line) => /· health sweep (\{.*\})/.exec(line)?.[1] ?? [])
    .map((json) => JSON.parse(json) as { checked: number; woken: number })

describe('simulated histories', () => {
  test(`${HISTORIES} of them: whatever goes wrong on the way, the last tier wins and every guarantee holds`, async () => {
    const failures: string[] = []
    let faults = 0
    let lookedAt = 0
    for (let seed = FIRST_SEED; seed < FIRST_SEED + HISTORIES; seed++) {
      const isLong = drawScript(new Dice(seed)).roughFromMs !== 0
      const result = await runHistory({ seed, store: store.current, readable: isLong })
      lookedAt += healthSweeps(result.lines).reduce((sum, { checked }) => sum + checked, 0)
      faults += [...result.faults.values()].reduce((sum, times) => sum + times, 0)
      if (result.violations.length > 0)
        failures.push(
          `npm run simulate -- --histories 1 --seed ${seed} --trace: ${result.violations.join('; ')}`,
        )
    }
    expect(failures).toEqual([])
    expect(faults).toBeGreaterThan(HISTORIES)
    expect(lookedAt).toBeGreaterThan(0)
  }, 180_000)

  test('what somebody breaks by hand on an app at rest is noticed by the health sweep', async () => {
    for (const deed of ['stop', 'destroy'] as const) {
      const { violations, lines } = await runHistory({
        seed: 1,
        script: {
          ...ONE_UPGRADE,
          roughFromMs: 150_000,
          calmAtMs: 160_000,
          intervals: { relayMs: 1_000, sweepsMs: { health: 15_000 } },
          events: [...ONE_UPGRADE.events, { atMs: 155_000, event: { kind: 'hand', user: 0, deed } }],
        },
        store: store.current,
        readable: true,
      })
      expect(violations).toEqual([])
      expect(healthSweeps(lines).filter(({ woken }) => woken > 0)).toHaveLength(1)
    }
  })

  test('a seed replays turn by turn', async () => {
    for (const seed of [3, 14, 15, 92, 65, 35]) {
      const first = await runHistory({ seed, store: store.current })
      const second = await runHistory({ seed, store: store.current, readable: true })
      expect([seed, second.hash]).toEqual([seed, first.hash])
      expect(second.lines.length).toBeGreaterThanOrEqual(second.turns)
    }
  })

  test.each(REGRESSIONS)('never again: $was', async ({ seed, script }) => {
    const { violations } = await runHistory({ seed, script, store: store.current })
    expect(violations).toEqual([])
  })
})

const ONE_UPGRADE: Script = {
  users: 1,
  workers: 2,
  calmAtMs: 5_000,
  intervals: { relayMs: 1_000, sweepsMs: {} },
  errorChance: 0,
  delayChance: 0,
  exitChance: 0,
  silentChance: 0,
  stubbornChance: 0,
  events: [{ atMs: 100, event: { kind: 'flip', user: 0, tier: 'pro', deliveriesMs: [] } }],
}

/** Without owner, fence and expiry in any statement: whoever has been overtaken goes on. */
function withoutFence(statement: string): string {
  return statement.replaceAll(
    /owner = (\$\d+) and fence = (\$\d+) and lease_expires_at > hangar\.now\(\)/g,
    '$1::text is not null and $2::bigint is not null',
  )
}

describe('a broken rule is seen', () => {
  test('no relay: a lost webhook is a user who waits for ever', async () => {
    const { violations } = await runHistory({
      seed: 1,
      script: ONE_UPGRADE,
      store: store.current,
      relay: false,
    })
    expect(violations).toContainEqual(expect.stringMatching(/is not done 60 s after/))
    expect((await runHistory({ seed: 1, script: ONE_UPGRADE, store: store.current })).violations).toEqual([])
  })

  test('no fence: workers that were overtaken go on', async () => {
    const seen: string[] = []
    for (let seed = 50; seed <= 90 && seen.length === 0; seed++) {
      const script = { ...drawScript(new Dice(seed)), workers: 3, delayChance: 0.08 }
      const { violations } = await runHistory({ seed, script, store: store.current, rewrite: withoutFence })
      seen.push(...violations.filter((what) => what.startsWith('the lease holds')))
    }
    expect(seen).not.toEqual([])
  })

  test('a worker that says that it is done without having looked', async () => {
    const reconcile = () => Promise.resolve({ kind: 'done' as const })
    const { violations } = await runHistory({
      seed: 1,
      script: ONE_UPGRADE,
      store: store.current,
      engine: { reconcile },
    })
    expect(violations).toContainEqual(expect.stringMatching(/has no app/))
  })
})
