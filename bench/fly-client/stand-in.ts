import autocannon from 'autocannon'

import { median } from '../lib/report.ts'
import { CONCURRENCY, FLY_TOKEN, type Targets } from './settings.ts'

/** How many reads a second the stand-in answers to a load that costs next to nothing to make. */
export async function measureReads(
  url: string,
  { app, machineIds }: Targets,
  { turns, forMs }: { turns: number; forMs: number },
): Promise<number> {
  const requests = machineIds.flat().map((id) => ({
    method: 'GET' as const,
    path: `/v1/apps/${app}/machines/${id}`,
  }))
  const headers = { authorization: `Bearer ${FLY_TOKEN}` }
  const load = { url, headers, requests, connections: CONCURRENCY, duration: forMs / 1000 }
  const measured: number[] = []
  for (let turn = 0; turn < turns; turn++) {
    const result = await autocannon(load)
    if (result.non2xx > 0 || result.errors > 0) throw new Error(`${result.non2xx} reads were refused`)
    measured.push(result['2xx'] / result.duration)
  }
  return median(measured)
}
