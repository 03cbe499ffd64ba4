import { setTimeout as delay } from 'node:timers/promises'
import { startCourier } from '@hangar/testkit/local'

const TRY_AGAIN_MS = 300

/** A courier, and another one whenever the database throws it out. What it had in hand is lost, as with pg_net. */
export function keepCourier(connectionString: string): { stop(): Promise<void> } {
  const stopping = new AbortController()
  const stopped = new Promise<void>((resolve) => {
    stopping.signal.addEventListener('abort', () => resolve())
  })
  const keeping = (async () => {
    while (!stopping.signal.aborted) {
      const courier = await startCourier({ connectionString }).catch(() => null)
      if (courier) await Promise.race([courier.ended, stopped])
      await courier?.stop()
      await Promise.race([delay(TRY_AGAIN_MS), stopped])
    }
  })()
  return {
    stop: async () => {
      stopping.abort()
      await keeping
    },
  }
}
