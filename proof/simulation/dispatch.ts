/** Who gets which of the jobs that wait. */
import type { Dice } from './dice.ts'
import type { Lanes } from './queue.ts'
import type { WorkerProcess } from './worker.ts'

/** Any worker with a free slot may ask for a job, and another may ask for the same one: for histories. */
export function race(lanes: Lanes, workers: readonly WorkerProcess[], dice: Dice): void {
  for (const job of lanes.jobs) {
    if (job.state !== 'waiting') continue
    const free = workers.filter((worker) => worker.isFreeFor(job.lane) && !worker.fetches(job))
    if (free.length > 0) (free.length === 1 ? (free[0] as WorkerProcess) : dice.pick(free)).fetch(job)
  }
}

/** First come, first served in each lane, and by one worker: for fleets, where to look at every job costs too much. */
export function inOrder(lanes: Lanes, workers: readonly WorkerProcess[], dice: Dice): void {
  for (const [lane, queue] of [
    ['provision', lanes.queues.provision],
    ['deprovision', lanes.queues.deprovision],
  ] as const) {
    for (const job of queue) {
      const free = workers.filter((worker) => worker.isFreeFor(lane))
      if (free.length === 0) break
      queue.delete(job)
      dice.pick(free).fetch(job)
    }
  }
}
