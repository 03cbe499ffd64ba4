/** What Postgres and Redis know of the users who did not get what they should: read once, before everything is stopped. */
import { LANES } from '@hangar/core'
import { closeQueues, closeRedis, createQueues, createRedis } from '@hangar/jobs'
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { QUEUE_PREFIX, type Rig } from './rig/rig.ts'

const MOST_USERS = 20

export async function writePostMortem(rig: Rig, userIds: readonly string[]): Promise<void> {
  const say = (what: unknown) =>
    appendFileSync(join(rig.logFolder, 'post-mortem.log'), `${JSON.stringify(what)}\n`)
  const client = new pg.Client({ connectionString: rig.postgres.url })
  const redis = createRedis({
    url: rig.redis.url,
    role: 'producer',
    name: 'post-mortem',
    onError: () => undefined,
  })
  const queues = createQueues({ redis, prefix: QUEUE_PREFIX })
  await client.connect()
  try {
    for (const userId of [...new Set(userIds)].slice(0, MOST_USERS)) {
      const { rows } = await client.query(
        `select now() as read_at, row_to_json(want) as want, row_to_json(work) as work
         from hangar.user_wants want left join hangar.user_work work using (user_id) where user_id = $1`,
        [userId],
      )
      say({ userId, ...rows[0] })
      for (const lane of LANES) {
        const queue = queues[lane]
        const jobId = await queue.getDeduplicationJobId(userId)
        const job = jobId === null ? undefined : await queue.getJob(jobId)
        say({ userId, lane, jobId, state: await job?.getState(), job: job?.asJSON() })
      }
    }
  } finally {
    await closeQueues(queues)
    await closeRedis(redis)
    await client.end()
  }
}
