/** What a worker shows of Postgres: the brakes, as every process does, and what only one that knows the master key can. */
import type { KeyRing } from '@hangar/core'
import { countOnOldKeys, type Database, listEngaged } from '@hangar/db'
import { type createMetrics, createReadings, type Logger, measureBrakes } from '@hangar/runtime'
import { Gauge } from 'prom-client'

const KEYS_EVERY_MS = 60_000

export function measureWorker(parts: {
  registry: ReturnType<typeof createMetrics>
  db: Database
  keyRing: KeyRing
  logger: Logger
}): void {
  const { registry, db, keyRing, logger } = parts
  const readings = createReadings(registry, { logger })
  measureBrakes(registry, readings, () => listEngaged(db))
  const apps = new Gauge({
    name: 'hangar_apps_on_other_key',
    help: 'Live apps whose secrets on Fly, or whose token shown last, are of another master key than the current, or of none yet.',
    labelNames: ['what'] as const,
    registers: [registry],
    collect: readings.add({
      name: 'keys',
      everyMs: KEYS_EVERY_MS,
      read: () => countOnOldKeys(db, keyRing.current.id),
      show: (counts) => show(counts),
    }),
  })
  const show = ({ tokens, secrets }: { tokens: number; secrets: number }) => {
    apps.set({ what: 'token' }, tokens)
    apps.set({ what: 'secrets' }, secrets)
  }
  show({ tokens: 0, secrets: 0 })
}
