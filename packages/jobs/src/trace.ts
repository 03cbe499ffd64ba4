/**
 * Which trace a user's work belongs to, beside the queues and not in their jobs: a job's data stays as it was when it
 * was added, however often the user is woken meanwhile, and a user may have a job in each lane. Here the last cause
 * wins, for every state a job can be in and for whichever lane comes first. A flush of Redis takes it away with the
 * jobs; what the relay then finds is a trace of its own.
 */
import { withinMs, type RedisClient } from './redis.ts'

/** Work that is taken up again later than this is better told as a story of its own. */
const KEPT_SECONDS = 3600
const READ_TIMEOUT_MS = 500

type Where = { redis: RedisClient; prefix: string }

/** The user's next run belongs to this trace. */
export async function rememberTrace(where: Where, userId: string, traceparent: string): Promise<void> {
  await where.redis.set(keyOf(where, userId), traceparent, 'EX', KEPT_SECONDS)
}

/** Undefined: none, or Redis did not say in time. No work waits for its trace. */
export async function recallTrace(where: Where, userId: string): Promise<string | undefined> {
  const read = where.redis.get(keyOf(where, userId))
  const found = await withinMs(read, READ_TIMEOUT_MS, 'The trace was not read').catch(() => null)
  return found ?? undefined
}

function keyOf({ prefix }: Where, userId: string): string {
  return `${prefix}:trace:${userId}`
}
