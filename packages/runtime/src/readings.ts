/**
 * What `/metrics` shows of a store: read when somebody scrapes, not by a timer, so that a process nobody scrapes asks
 * nothing. A store that is slow or away never holds a scrape up for long, nor makes two questions run at once.
 *
 *   stale ──a scrape──▶ asking ──answered──▶ fresh ──everyMs──▶ stale
 *                         │ failed ───────────────────────────▶ stale: what was read last stays
 *                         └ slower than withinMs: the scrape goes on with what was read last; the answer is for the next
 */
import { type Clock, systemClock } from '@hangar/core'
import { Gauge, type Registry } from 'prom-client'
import type { Logger } from './logger.ts'

export type Reading<T> = {
  /** Names it in `hangar_reading_last_success_timestamp_seconds`. */
  name: string
  read: () => Promise<T>
  /** Sets the gauges; it has all that was read. */
  show: (value: T) => void
  /** For how long an answer is shown again. Default 5 s: several scrapers at once cost one question. */
  everyMs?: number
  /** How long a scrape waits for the answer. Default 2 s; Prometheus gives up after 10. */
  withinMs?: number
}

export type Readings = {
  /** What the gauges of this reading take as their `collect`. */
  add<T>(reading: Reading<T>): () => Promise<void>
}

const EVERY_MS = 5_000
const WITHIN_MS = 2_000

/** A reading that fails is a line in the log, one for each outage; the scrape itself never fails for it. */
export function createReadings(
  registry: Registry,
  options: { clock?: Clock; logger?: Logger } = {},
): Readings {
  const { clock = systemClock, logger } = options
  const all: (() => Promise<void>)[] = []
  const lastSuccess = new Gauge({
    name: 'hangar_reading_last_success_timestamp_seconds',
    help: 'When what is shown of Postgres or Redis was last read, as a Unix time. 0: not yet.',
    labelNames: ['reading'] as const,
    registers: [registry],
    // All gauges are asked at once: this one tells of this scrape only if it waits for the others' readings.
    collect: async () => {
      await Promise.all(all.map((refresh) => refresh()))
    },
  })
  return {
    add: ({ name, read, show, everyMs = EVERY_MS, withinMs = WITHIN_MS }) => {
      lastSuccess.set({ reading: name }, 0)
      let staleAtMs = 0
      let asking: Promise<void> | undefined
      let failing = false
      const ask = async () => {
        try {
          show(await read())
          const nowMs = clock.now().getTime()
          lastSuccess.set({ reading: name }, nowMs / 1000)
          staleAtMs = nowMs + everyMs
          failing = false
        } catch (error) {
          logger?.[failing ? 'debug' : 'warn']({ err: error, reading: name }, 'not read for the metrics')
          failing = true
        } finally {
          asking = undefined
        }
      }
      const refresh = async () => {
        if (clock.now().getTime() < staleAtMs) return
        asking ??= ask()
        await within(asking, withinMs)
      }
      all.push(refresh)
      return refresh
    },
  }
}

async function within(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  try {
    await Promise.race([work, bound])
  } finally {
    clearTimeout(timer)
  }
}
