/** Users who change their mind all the time, and what must be true of their apps when they have stopped. */
import { setTimeout as delay } from 'node:timers/promises'
import { writeSetting } from '@hangar/db'
import { createUser, setTier } from '@hangar/testkit/factories'
import { waitFor } from '@hangar/testkit/local'
import type { Fleet } from './fleet.ts'

const TIERS = ['pro', 'free', 'elite', 'free', 'pro', 'elite'] as const
const MEMORY_MB: Readonly<Record<string, number>> = { pro: 512, elite: 1024 }
const TRY_AGAIN_MS = 100
const MEANT_TEARDOWNS = 100_000
const REACHED_MS = 120_000

export type Load = {
  /** Changes written so far. */
  readonly changes: number
  /** Until so many changes are written. */
  reached(changes: number): Promise<void>
  /** Resolves when the last change is written; nobody changes their mind after that. */
  end(): Promise<void>
  /** Until each user has exactly what they last paid for. */
  settled(timeoutMs: number): Promise<void>
}

/** One user after the other goes on to the next tier, `everyMs`. */
export async function startLoad(fleet: Fleet, options: { users: number; everyMs: number }): Promise<Load> {
  // These many teardowns are meant: without a word of ours, the brake on bursts would hold them.
  await fleet.db
    .transaction()
    .execute((tx) => writeSetting(tx, 'teardownBurst', { least: MEANT_TEARDOWNS }, 'load'))
  const tiers = new Map<string, string>()
  for (let index = 0; index < options.users; index++)
    tiers.set((await createUser(fleet.db, { tier: 'free' })).userId, 'free')
  const ending = new AbortController()
  let changes = 0
  const users = [...tiers.keys()]
  const changing = (async () => {
    for (; !ending.signal.aborted; changes++) {
      const index = changes % users.length
      const round = Math.floor(changes / users.length)
      const userId = users[index] ?? ''
      const tier = TIERS[(round + index) % TIERS.length] ?? 'free'
      await insist(() => setTier(fleet.db, userId, tier))
      tiers.set(userId, tier)
      await delay(options.everyMs)
    }
  })()
  return {
    get changes() {
      return changes
    },
    reached: async (wanted) => {
      await waitFor(() => changes >= wanted, { what: `${wanted} changes`, timeoutMs: REACHED_MS })
    },
    end: async () => {
      ending.abort()
      await changing
    },
    settled: (timeoutMs) => settled(fleet, tiers, timeoutMs),
  }
}

/** As the product would: again, until the database has taken it. */
async function insist(write: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await write()
      return
    } catch {
      await delay(TRY_AGAIN_MS)
    }
  }
}

async function settled(fleet: Fleet, tiers: ReadonlyMap<string, string>, timeoutMs: number): Promise<void> {
  await waitFor(
    async () => {
      const wrong = await differences(fleet, tiers)
      if (wrong.length > 0) throw new Error(`${wrong.length} users: ${wrong.slice(0, 3).join('; ')}`)
      return true
    },
    { what: 'everybody to have what they pay for', timeoutMs },
  )
}

async function differences(fleet: Fleet, tiers: ReadonlyMap<string, string>): Promise<string[]> {
  const rows = await fleet.db
    .selectFrom('userFlyApps')
    .select(['userId', 'flyAppName as app', 'status', 'memoryMb'])
    .where('status', '<>', 'deleted')
    .execute()
  const wrong: string[] = []
  for (const [userId, tier] of tiers) {
    const live = rows.filter((row) => row.userId === userId)
    const seen = live.map(({ status, memoryMb }) => `${status} ${memoryMb}`)
    const wanted = tier === 'free' ? [] : [`active ${MEMORY_MB[tier] ?? 0}`]
    if (seen.join() !== wanted.join()) wrong.push(`${tier}, but [${seen.join()}]`)
  }
  const onFly = [...fleet.sim.sim.world.apps.values()].map(({ name }) => name).toSorted()
  const known = rows.map(({ app }) => app).toSorted()
  if (wrong.length === 0 && onFly.join() !== known.join())
    wrong.push(`Fly has ${onFly.length} apps, we know ${known.length}`)
  return wrong
}

/** The users who had two apps at once at any time, by the stand-in's own log of what it was asked. */
export async function listDoubles(fleet: Fleet): Promise<string[]> {
  const rows = await fleet.db.selectFrom('userFlyApps').select(['userId', 'flyAppName as app']).execute()
  const owner = new Map(rows.map(({ app, userId }) => [app, userId]))
  const living = new Map<string, Set<string>>()
  const doubles: string[] = []
  for (const { operation, app, applied } of fleet.sim.sim.calls.list()) {
    if (!applied || app === null) continue
    const userId = owner.get(app) ?? `nobody (${app})`
    const apps = living.get(userId) ?? new Set()
    living.set(userId, apps)
    if (operation === 'apps.create') apps.add(app)
    if (operation === 'apps.delete') apps.delete(app)
    if (apps.size > 1) doubles.push(`${userId}: ${[...apps].join(' and ')}`)
  }
  return doubles
}
