import { BRAKE_NAMES } from '@hangar/core'
import { Gauge, type Registry } from 'prom-client'
import type { Readings } from './readings.ts'

/**
 * `hangar_brake_engaged`: the same in every process, because it is read when it is asked for, and wherever one of them
 * is scraped it can be alerted on. What was read last stays while the database is away.
 */
export function measureBrakes(
  registry: Registry,
  readings: Readings,
  readEngaged: () => Promise<readonly string[]>,
): void {
  const engaged = new Gauge({
    name: 'hangar_brake_engaged',
    help: '1 while the brake holds back what destroys or repairs.',
    labelNames: ['brake'] as const,
    registers: [registry],
    collect: readings.add({
      name: 'brakes',
      read: readEngaged,
      show: (names) => {
        for (const brake of BRAKE_NAMES) engaged.set({ brake }, names.includes(brake) ? 1 : 0)
      },
    }),
  })
  for (const brake of BRAKE_NAMES) engaged.set({ brake }, 0)
}
