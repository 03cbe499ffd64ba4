import { DelayedError, MetricsTime, WaitingError, Worker, type Job } from 'bullmq'
import type { z } from 'zod'

import type { Lane } from '@hangar/core'

import { backoffStrategy, settle, unforeseenRetryDelayMs, type Outcome } from './outcome.ts'
import {
  bulkJobSchema,
  inspectJobSchema,
  laneJobSchema,
  sweepJobSchema,
  type BulkJob,
  type InspectJob,
  type LaneJob,
  type SweepJob,
} from './payloads.ts'
import { DEFAULT_PREFIX, type QueueName, type SweepQueueName } from './queues.ts'
import { assertPrefixFits, type RedisClient } from './redis.ts'
import { closeWithin, SHUTDOWN, type Runs } from './stop.ts'
import { promoteIfDelayed } from './wake.ts'

/** How long a dead worker's job stays locked; then the next stalled check gives it to another. */
const LOCK_DURATION_MS = 15_000
const STALLED_INTERVAL_MS = 10_000
/** A worker that dies is no fault of the job: the engine counts attempts in Postgres, BullMQ never gives up. */
const MAX_STALLED_COUNT = 1_000_000
/** BullMQ's own pause after a lost connection is 15 s, far longer than Redis takes to come back. */
const RUN_RETRY_DELAY_MS = 1000

const HOUR_SECONDS = 3600
/** Finished jobs are kept for a look in Bull Board, within bounds: what happened to a user is in Postgres. */
const KEEP_COMPLETED = { age: HOUR_SECONDS, count: 1000 }
const KEEP_FAILED = { age: 7 * 24 * HOUR_SECONDS, count: 5000 }

export type ProcessContext = {
  /** Aborts when the job was taken away (its lock was lost) or the process is stopping. */
  signal: AbortSignal
  jobId: string
  /** A sweep's name: which of its queue's jobs this is. */
  name: string
}

export type WorkerOptions<Data> = {
  /** A `worker` connection, owned by the caller. BullMQ opens one more, for its blocking reads, and closes it. */
  redis: RedisClient
  prefix?: string
  concurrency: number
  /** Shown by CLIENT LIST and kept on each job, so that one can see who worked on it. */
  name?: string
  process: (data: Data, context: ProcessContext) => Promise<Outcome>
  /** Trouble that belongs to no single job: the connection, a lost lock, a job that could not be moved. */
  onError?: (error: Error) => void
}

export type HangarWorker = {
  readonly worker: Worker
  /**
   * Stops fetching, lets running jobs end, then aborts them and gives their work back, all within `deadlineMs`.
   * Never throws and never takes longer.
   */
  close(deadlineMs: number): Promise<void>
}

/** Works on one lane. An invalid job is failed for good; anything `process` throws becomes a retry. */
export function createLaneWorker(options: WorkerOptions<LaneJob> & { queue: Lane }): HangarWorker {
  return createWorker(options.queue, laneJobSchema, options)
}

/** Works on a queue of sweeps, which are told apart by their name. */
export function createSweepWorker(
  options: WorkerOptions<SweepJob> & { queue: SweepQueueName },
): HangarWorker {
  return createWorker(options.queue, sweepJobSchema, options)
}

/** Tells people of things, by the job's name. */
export function createNotifyWorker(options: WorkerOptions<SweepJob>): HangarWorker {
  return createWorker('notify', sweepJobSchema, options)
}

/** Answers questions about users. */
export function createInspectWorker(options: WorkerOptions<InspectJob>): HangarWorker {
  return createWorker('inspect', inspectJobSchema, options)
}

/** Carries out acts on many users. */
export function createBulkWorker(options: WorkerOptions<BulkJob>): HangarWorker {
  return createWorker('bulk', bulkJobSchema, options)
}

function createWorker<Data>(
  queue: QueueName,
  schema: z.ZodType<Data>,
  { redis, prefix = DEFAULT_PREFIX, concurrency, name, process, onError }: WorkerOptions<Data>,
): HangarWorker {
  assertPrefixFits(redis, prefix)
  const runs: Runs = { running: new Map(), stopping: false }
  // BullMQ passes the signal only to a function that declares exactly these three parameters.
  const processor = async (job: Job, token: string | undefined, signal: AbortSignal | undefined) => {
    if (runs.stopping) return giveBack(job, token ?? '')
    const stop = new AbortController()
    const run = {
      job,
      token: token ?? '',
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
    }
    const ended = runAndSettle(worker, run, schema, process)
    runs.running.set(ended, stop)
    try {
      await ended
    } finally {
      runs.running.delete(ended)
    }
  }
  const worker = new Worker(queue, processor, {
    connection: redis,
    prefix,
    concurrency,
    ...(name === undefined ? {} : { name }),
    lockDuration: LOCK_DURATION_MS,
    stalledInterval: STALLED_INTERVAL_MS,
    maxStalledCount: MAX_STALLED_COUNT,
    runRetryDelay: RUN_RETRY_DELAY_MS,
    removeOnComplete: KEEP_COMPLETED,
    removeOnFail: KEEP_FAILED,
    metrics: { maxDataPoints: MetricsTime.TWO_WEEKS },
    settings: { backoffStrategy },
  })
  worker.on('error', (error) => onError?.(error))
  worker.on('lockRenewalFailed', (jobIds) => {
    for (const jobId of jobIds) worker.cancelJob(jobId, LOCK_LOST)
  })
  return {
    worker,
    close: (deadlineMs) => closeWithin(worker, deadlineMs, runs, () => redis.status === 'ready'),
  }
}

const LOCK_LOST = 'lock lost'

type Run = { job: Job; token: string; signal: AbortSignal }

async function runAndSettle<Data>(
  worker: Worker,
  run: Run,
  schema: z.ZodType<Data>,
  process: WorkerOptions<Data>['process'],
): Promise<void> {
  const outcome = await runOnce(run, schema, process)
  try {
    await settle(run.job, run.token, outcome)
  } catch (error) {
    if (error instanceof DelayedError) await promoteIfWokenMeanwhile(worker, run.job)
    throw error
  }
}

async function runOnce<Data>(
  { job, token, signal }: Run,
  schema: z.ZodType<Data>,
  process: WorkerOptions<Data>['process'],
): Promise<Outcome> {
  const data = schema.safeParse(job.data)
  if (!data.success) return { kind: 'never', error: new Error(`Invalid job data: ${data.error.message}`) }
  try {
    return await process(data.data, { signal, jobId: job.id ?? '', name: job.name })
  } catch (error) {
    if (signal.aborted) return leave(job, token, signal)
    const cause = error instanceof Error ? error : new Error(String(error))
    return { kind: 'retry', delayMs: unforeseenRetryDelayMs(), error: cause }
  }
}

/** An aborted run is no failure. While we stop, the job is given back; one that was taken from us is left alone. */
async function leave(job: Job, token: string, signal: AbortSignal): Promise<never> {
  if (signal.reason === SHUTDOWN) return giveBack(job, token)
  throw new WaitingError('taken away')
}

/** Back to the head of the line, where the next free worker takes it. */
async function giveBack(job: Job, token: string): Promise<never> {
  await job.moveToWait(token)
  throw new WaitingError('given back')
}

/**
 * A wake during the run is kept by BullMQ for when the job finishes. A parked job does not finish, so the wake
 * would be held for the whole pause. BullMQ keeps it under `dn:<deduplication id>` (read in 6.7.0; a test fails if
 * that moves). A wake that comes later finds the job delayed and promotes it by itself.
 */
async function promoteIfWokenMeanwhile(worker: Worker, job: Job): Promise<void> {
  if (job.deduplicationId === undefined) return
  const client = await worker.getBackend().client
  const pendingWakes = await client.del(worker.toKey(`dn:${job.deduplicationId}`))
  if (pendingWakes > 0) await promoteIfDelayed(job)
}
