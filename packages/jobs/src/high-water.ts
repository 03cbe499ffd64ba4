/**
 * How far the database's history has come, kept outside of the database: a database that is behind the mark was
 * restored from a backup. The mark only rises, whoever writes it; a flush of Redis takes it away, and then nothing is
 * noticed until the next one is there. One for each installation, so that a new database is not an old one.
 */
import type { Queues } from './queues.ts'
import { assertRedisReady, withinMs } from './redis.ts'

const TIMEOUT_MS = 2_000

/** As Lua, so that of two writers at once neither lowers what the other raised. */
const RAISE = `
  if tonumber(ARGV[1]) > tonumber(redis.call('get', KEYS[1]) or '-1') then redis.call('set', KEYS[1], ARGV[1]) end`
const REPLACE = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('set', KEYS[1], ARGV[2]) end`

/** Null: there is no mark. Throws `redis_unavailable`. */
export async function readHighWater(queues: Queues, installationId: string): Promise<number | null> {
  assertRedisReady(queues.redis)
  const mark = await withinMs(
    queues.redis.get(keyOf(queues, installationId)),
    TIMEOUT_MS,
    'The mark was not read',
  )
  return mark === null ? null : Number(mark)
}

/** Throws `redis_unavailable`. */
export async function raiseHighWater(queues: Queues, installationId: string, to: number): Promise<void> {
  await run(queues, RAISE, installationId, [to])
}

/** Puts `to` in the place of a mark that has served, unless it has changed meanwhile. */
export async function replaceHighWater(
  queues: Queues,
  installationId: string,
  { from, to }: { from: number; to: number },
): Promise<void> {
  await run(queues, REPLACE, installationId, [from, to])
}

async function run(queues: Queues, script: string, installationId: string, args: number[]): Promise<void> {
  assertRedisReady(queues.redis)
  const work = queues.redis.eval(script, 1, keyOf(queues, installationId), ...args)
  await withinMs(work, TIMEOUT_MS, 'The mark was not written')
}

function keyOf({ prefix }: Queues, installationId: string): string {
  return `${prefix}:high-water:${installationId}`
}
