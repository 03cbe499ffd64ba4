import { startFlySim } from '@hangar/fly-sim'

import { createFlyClient } from '../index.ts'
import { CHAOS_KINDS, liveOnce, seeded, type Life } from './chaos.ts'

export interface ChaosResult {
  lives: Life[]
  unhandled: unknown[]
}

/** So many lives, a few at once, each with every kind of fault in its turn. */
export async function runChaos(count: number, firstSeed: number): Promise<ChaosResult> {
  const delays = {
    createMs: 5,
    startMs: 5,
    stopMs: 2,
    destroyMs: 5,
    appDeleteMs: 5,
    updateMs: 5,
    destroyedKeptMs: 50,
    restartBackoffMs: 20,
  }
  const sim = await startFlySim({ delays, rateLimits: false, seed: firstSeed })
  const fly = createFlyClient({
    baseUrl: sim.url,
    token: sim.token,
    orgSlug: sim.org,
    timeoutMs: 100,
    maxBodyBytes: 1_000_000,
    retry: { baseMs: 2, capMs: 20 },
    breaker: { pauseMs: 5, maxPauseMs: 20 },
    rateLimits: false,
    random: seeded(firstSeed),
  })
  const unhandled: unknown[] = []
  const note = (reason: unknown) => void unhandled.push(reason)
  process.on('unhandledRejection', note)
  const lives: Life[] = []
  try {
    let next = 0
    const work = async () => {
      while (next < count) {
        const turn = next++
        const kind = CHAOS_KINDS[turn % CHAOS_KINDS.length] ?? 'status'
        lives.push(await liveOnce(sim, fly, firstSeed + turn, kind))
      }
    }
    await Promise.all(Array.from({ length: 8 }, work))
  } finally {
    await new Promise((resolve) => setImmediate(resolve))
    process.off('unhandledRejection', note)
    await fly.close()
    await sim.stop()
  }
  return { lives, unhandled }
}
