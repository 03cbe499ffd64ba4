import { randomUUID } from 'node:crypto'
import type { NewApp } from './apps.ts'

/** For tests: a new row for `insertApp`, under a name that no other has. */
export function anApp(userId: string, change: Partial<NewApp> = {}): NewApp {
  const name = `vyx-user-${randomUUID().slice(0, 8)}`
  return {
    userId,
    generation: 1,
    flyAppName: name,
    network: name,
    tier: 'pro',
    region: 'iad',
    image: 'registry.example/screener:1',
    cpuKind: 'shared',
    cpus: 2,
    memoryMb: 512,
    monthlyCostEstimateUsd: '6.00',
    ...change,
  }
}
