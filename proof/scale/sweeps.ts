/** Each sweep once over the whole fleet, while nothing else is done: what it asks of Fly and of PostgreSQL. */
import { SCHEDULES, type SweepName } from '@hangar/jobs'
import { type Claim, healthPages, healthSweepMs } from './arithmetic.ts'
import { during, type Fleet } from './fleet.ts'
import { type Figures, sumOf } from './meter.ts'

export type SweepFigures = { name: SweepName; figures: Figures; claims: Claim[] }

const MINUTE_MS = 60_000
/** Past the looks that come by themselves each 15 s: far enough from the last for Fly's bucket to be full again. */
const QUIET_MS = 19_000

export async function everySweep(fleet: Fleet): Promise<SweepFigures[]> {
  const done: SweepFigures[] = []
  for (const { id } of SCHEDULES) {
    const { elapsedMs } = fleet.simulation.time
    await fleet.simulation.run(MINUTE_MS - (elapsedMs % MINUTE_MS) + QUIET_MS)
    done.push(await oneSweep(fleet, id))
  }
  return done
}

async function oneSweep(fleet: Fleet, name: SweepName): Promise<SweepFigures> {
  const { engine, workers, memory } = fleet.simulation
  const [worker] = workers
  if (!worker) throw new Error('a fleet has workers')
  const end = fleet.meter.begin()
  const { signal } = new AbortController()
  const startedAtMs = fleet.simulation.time.nowMs
  const endedAtMs = await during(fleet, engine.runSweep(worker.deps, name, { signal }))
  const figures = { ...end(), virtualMs: endedAtMs - startedAtMs }
  return { name, figures, claims: claimsOf(name, figures, memory.sim.world.machines.size) }
}

function claimsOf(name: SweepName, figures: Figures, machines: number): Claim[] {
  const requests = sumOf(figures.requests)
  if (name === 'health')
    return [
      { what: 'pages asked of Fly', unit: '', predicted: healthPages(machines), simulated: requests },
      {
        what: 'time, by Fly: a page a second after three',
        unit: 's',
        predicted: healthSweepMs(machines) / 1000,
        simulated: figures.virtualMs / 1000,
      },
    ]
  if (name === 'orphans') return [{ what: 'lists asked of Fly', unit: '', predicted: 1, simulated: requests }]
  return []
}
