/** What happens to PostgreSQL and Redis. What they had promised to keep they keep; everything else may go. */
import pg from 'pg'
import { removeRedisKeys } from '@hangar/testkit/local'
import type { Deed } from './deed.ts'

const DOWN_MS = [0, 2_500] as const

const postgres = () => 'postgres'
export const REDIS = 'redis'
const redis = () => REDIS

export const crashPostgres: Deed = {
  kind: 'crash PostgreSQL',
  on: postgres,
  run: async ({ rig, dice, pause }) => {
    const downMs = dice.between(...DOWN_MS)
    await rig.postgres.restart('crash', () => pause(downMs))
    return `PostgreSQL crashed, and recovered after ${downMs} ms`
  },
}

export const restartPostgres: Deed = {
  kind: 'restart PostgreSQL',
  on: postgres,
  run: async ({ rig, dice, pause }) => {
    const downMs = dice.between(...DOWN_MS)
    await rig.postgres.restart('fast', () => pause(downMs))
    return `PostgreSQL was restarted, down for ${downMs} ms`
  },
}

export const endSessions: Deed = {
  kind: 'end database sessions',
  on: postgres,
  run: async ({ rig }) => {
    const client = new pg.Client({ connectionString: rig.postgres.url })
    await client.connect()
    try {
      const { rowCount } = await client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name like 'hangar-%' and pid <> pg_backend_pid() and random() < 0.5`,
      )
      return `${rowCount ?? 0} database sessions were ended`
    } finally {
      await client.end()
    }
  },
}

export const crashRedis: Deed = {
  kind: 'crash Redis',
  on: redis,
  run: async ({ rig, dice, pause }) => {
    const downMs = dice.between(...DOWN_MS)
    await rig.redis.restart(() => pause(downMs))
    return `Redis was killed, and started from its log after ${downMs} ms`
  },
}

export const flushRedis: Deed = {
  kind: 'FLUSHALL Redis',
  on: redis,
  run: async ({ rig }) => {
    await removeRedisKeys(rig.redis.url, '')
    return 'all of Redis was deleted'
  },
}
