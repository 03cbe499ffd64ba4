import { describe, expect, test } from '@jest/globals'
import { useStore } from '../simulation/testing.ts'
import { deletionsMs, healthPages, healthSweepMs, relayMs, slotsMs } from './arithmetic.ts'
import { measureAtRest, MOST_ON_FLY } from './at-rest.ts'
import { startFleet } from './fleet.ts'
import { live } from './life.ts'
import { PIECES } from './pieces.ts'
import { growthTable, lifeTables, restTables } from './print.ts'

const say = () => undefined
/** A busy machine takes five times as long as one that has nothing else to do. */
const TIMEOUT_MS = 180_000

/** By construction: whatever else is off, these are not. */
const EXACT = ['apps made on Fly', 'machines made on Fly', 'lists asked of Fly', 'pages asked of Fly']

describe('the life of a fleet', () => {
  const store = useStore()

  test(
    'thirty users: all have an app and then none, and what is exact in the arithmetic is so',
    async () => {
      const users = 30
      const fleet = await startFleet({ store: store.current, users, workers: 1, slots: 20, seed: 1 })
      try {
        const life = await live(fleet, say)
        expect(life.wrong).toEqual([])
        const claims = [...life.phases, ...life.sweeps].flatMap((one) => one.claims)
        for (const what of EXACT) {
          const claim = claims.find((one) => one.what === what)
          expect(claim).toMatchObject({ what, simulated: claim?.predicted })
        }
        expect(life.phases.map(({ figures }) => figures.tooMany)).toEqual([0, 0, 0, 0, 0])
        // What is looked at again is looked at once: a listing of its machines.
        const flushed = life.phases.find(({ name }) => name === 'Redis is flushed')
        expect(flushed?.figures.requests.get('machines.list')).toBe(users)
        expect(life.beats).toBeGreaterThan(users)
        expect(lifeTables(life)).toContain('0 differences')
        expect(growthTable([life, life])).toContain('everybody gets an app: runs')
      } finally {
        fleet.simulation.stop()
      }
    },
    TIMEOUT_MS,
  )

  test(
    'what is wrong is told',
    async () => {
      const fleet = await startFleet({ store: store.current, users: 1, workers: 1, slots: 20, seed: 2 })
      try {
        // A tier of which nobody has told the database: nobody can act on it.
        fleet.simulation.tiers.set(fleet.crowd[0] ?? '', 'elite')
        const { wrong } = await live(fleet, say)
        expect(wrong).toContainEqual(
          expect.stringMatching(/one alone gets an app: user .* on elite has no app/),
        )
      } finally {
        fleet.simulation.stop()
      }
    },
    TIMEOUT_MS,
  )
})

describe('a fleet at rest', () => {
  const store = useStore()

  test(
    'two thousand users: every piece finds all well, and asks Fly for as many pages as there have to be',
    async () => {
      const users = 2_000
      const { current, url: databaseUrl } = store
      const rest = await measureAtRest({ store: current, databaseUrl, users, say })
      expect(rest.pieces.map(({ name }) => name)).toEqual(PIECES.map(({ name }) => name))
      expect(rest.leftOut).toEqual([])
      const piece = (part: string) => rest.pieces.find(({ name }) => name.includes(part))
      expect(piece('sweep health')?.requests).toBe(healthPages(users))
      expect(piece('sweep orphans')?.requests).toBe(1)
      // Whatever is said of all users reads a row of each.
      expect(piece('overview')?.rowsRead).toBeGreaterThanOrEqual(users)
      expect(piece('one heartbeat')?.rowsRead).toBeLessThan(50)
      expect(piece('first page')?.rowsRead).toBeLessThan(users)
      expect(users).toBeLessThan(MOST_ON_FLY)
      expect(restTables(rest)).toContain('2,000 users at rest')
    },
    TIMEOUT_MS,
  )
})

describe('the arithmetic', () => {
  test.each([
    ['pages of a health sweep', healthPages(1), 1],
    ['pages of a health sweep', healthPages(10_000), 10],
    ['three pages come at once', healthSweepMs(3_000), 0],
    ['a hundred deletions come at once', deletionsMs(100), 0],
    ['and a hundred a minute', deletionsMs(10_000), 99 * 60_000],
    ['the relay wakes a thousand a second', relayMs(10_000), 10_000],
    ['slots share the work', slotsMs(1_000, 4_000, 20), 200_000],
  ])('%s', (_, predicted, expected) => {
    expect(predicted).toBe(expected)
  })
})
