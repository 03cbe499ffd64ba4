/** What happened, from the database, the stand-in, Redis and the logs, as the checker wants it. */
import { setTimeout as delay } from 'node:timers/promises'
import { DEFAULT_APP_PREFIX } from '@hangar/core'
import type { Database } from '@hangar/db'
import { Redis } from 'ioredis'
import { differences, type History, type RetainedTables } from '../checker/index.ts'
import { readRetained, readRows } from '../checker/read.ts'
import type { UserApps } from './actors/apps.ts'
import type { Users } from './actors/users.ts'
import type { LogFile } from './logs.ts'
import type { Rig } from './rig/rig.ts'

/** Searching all logs for each of thousands of tokens takes minutes; any of them shows whether tokens leak. */
const TOKENS_SEARCHED = 25

type Finding = ReturnType<typeof differences>[number]

/** What is not yet as it should be. Reads live rows only, to be asked often. */
export async function whatIsMissing(rig: Rig, db: Database, users: Users): Promise<Finding[]> {
  const [apps, works, wants, flyApps] = await Promise.all([
    db.selectFrom('userFlyApps').selectAll().where('deletedAt', 'is', null).execute(),
    db.selectFrom('hangar.userWork').selectAll().execute(),
    db.selectFrom('hangar.userWants').select(['userId', 'wantedVersion']).execute(),
    rig.fly.apps(),
  ])
  const flyAtTheEnd = { apps: flyApps }
  return differences({
    apps,
    works,
    wants,
    users: users.desired(),
    flyAtTheEnd,
    appPrefix: DEFAULT_APP_PREFIX,
  })
}

type Sources = {
  rig: Rig
  db: Database
  users: Users
  userApps: UserApps
  retainedBefore: RetainedTables
  earlierEvents: History['earlierEvents']
  logs: readonly LogFile[]
}

const READINGS = 20
const AGAIN_MS = 250

/**
 * All is there, and yet a late webhook may have somebody claim a lease, find nothing to do and give it back: read again
 * until it is not caught in between. What stays wrong is in the last reading too.
 */
export async function readHistoryAtRest(from: Sources): Promise<History> {
  for (let reading = 1; ; reading++) {
    const history = await readHistory(from)
    if (reading === READINGS || differences(history).length === 0) return history
    await delay(AGAIN_MS)
  }
}

async function readHistory(from: Sources): Promise<History> {
  const { rig, db, users, userApps, retainedBefore, earlierEvents, logs } = from
  const rows = await readRows(db)
  const { tierChanges, desired } = { tierChanges: users.changes, desired: users.desired() }
  return {
    ...rows,
    calls: await rig.fly.calls(),
    tierChanges,
    flyAtTheEnd: { apps: await rig.fly.apps() },
    retained: { before: retainedBefore, after: await readRetained(rig.postgres.url) },
    earlierEvents,
    // No operator pauses a campaign; the simulation has one.
    brakeSpells: [],
    tradingSpells: userApps.tradingSpells,
    users: desired,
    surfaces: [
      ...logs,
      { name: 'the rows', text: JSON.stringify(rows) },
      { name: 'Redis', text: await readRedis(rig.redis.url) },
    ],
    secrets: secretsOf(rig, userApps),
    appPrefix: DEFAULT_APP_PREFIX,
  }
}

function secretsOf(rig: Rig, userApps: UserApps): History['secrets'] {
  const password = new URL(rig.postgres.url).password
  return [
    ...Object.entries({ ...rig.secrets, password }).map(([name, value]) => ({ name, value })),
    ...userApps.tokens.slice(0, TOKENS_SEARCHED).map((value) => ({ name: 'a token of an app', value })),
  ]
}

/** Every key with what it holds. */
async function readRedis(url: string): Promise<string> {
  const redis = new Redis(url)
  try {
    const texts: string[] = []
    for (const key of await redis.keys('*')) texts.push(key, JSON.stringify(await readKey(redis, key)))
    return texts.join('\n')
  } finally {
    redis.disconnect()
  }
}

async function readKey(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case 'string':
      return redis.get(key)
    case 'hash':
      return redis.hgetall(key)
    case 'list':
      return redis.lrange(key, 0, -1)
    case 'zset':
      return redis.zrange(key, '0', '-1')
    case 'set':
      return redis.smembers(key)
    case 'stream':
      return redis.xrange(key, '-', '+')
    default:
      return null
  }
}
