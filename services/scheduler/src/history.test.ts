import {
  engageBrake,
  findInstallationId,
  insertEvent,
  listAlerts,
  listBrakes,
  releaseBrake,
} from '@hangar/db'
import { closeQueues, closeRedis, createQueues, createRedis, readHighWater, type Queues } from '@hangar/jobs'
import { createLogger } from '@hangar/runtime'
import {
  createUser,
  runSql,
  useServiceDatabase,
  useTestDatabase,
  useTestRedis,
  waitFor,
} from '@hangar/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'

import { watchHistory } from './history.ts'

const database = useTestDatabase()
/** As the service comes to it: with its own role. */
const own = useServiceDatabase(database, 'scheduler')
const server = useTestRedis()
const logger = createLogger({ service: 'scheduler', level: 'silent' })

let queues: Queues
let userId: string
beforeAll(async () => {
  const redis = createRedis({ url: server.url, role: 'producer', name: 'test' })
  queues = createQueues({ redis, prefix: server.prefix })
  await waitFor(() => redis.status === 'ready', { what: 'Redis' })
  userId = (await createUser(database.db)).userId
})
afterAll(async () => {
  await closeQueues(queues)
  await closeRedis(queues.redis)
})
afterEach(async () => {
  await releaseBrake(database.db, 'restored')
})

const watch = () => watchHistory({ db: own.db, queues, logger })
const mark = async () => readHighWater(queues, await findInstallationId(database.db))
const restored = async () => (await listBrakes(database.db)).find(({ name }) => name === 'restored')
const happens = async () =>
  (
    await insertEvent(database.db, {
      userFlyAppId: null,
      userId,
      eventType: 'provision_started',
      status: 'started',
      actor: 'test',
    })
  ).id
/** As a restore leaves it: the rows are gone, and the sequence may still be ahead. */
const goBackTo = (id: number) =>
  runSql(
    database.url,
    `begin; set local session_replication_role = replica;
     delete from public.user_fly_app_events where id > ${id}; commit`,
  )

describe('the history of the database', () => {
  test('that goes on is followed, however often it is looked at', async () => {
    await watch()
    expect(await mark()).toBe(0)
    const id = await happens()
    await Promise.all([watch(), watch(), watch()])
    await watch()
    expect(await mark()).toBe(id)
    expect((await restored())?.engagedAt).toBeNull()
  })

  test('that lost events engages the brake, with the figures and one alert, until an operator lets go', async () => {
    const kept = await happens()
    await happens()
    const seen = await happens()
    await watch()
    await goBackTo(kept)
    await Promise.all([watch(), watch()])
    expect(await restored()).toMatchObject({ engagedBy: 'scheduler', details: { last: kept, mark: seen } })
    const alerts = (await listAlerts(database.db, { limit: 10 })).filter(
      ({ subject }) => subject === 'restored',
    )
    expect(alerts).toMatchObject([{ kind: 'brake_engaged', severity: 'critical', times: 1 }])

    await releaseBrake(database.db, 'restored')
    await watch()
    await happens()
    await watch()
    expect((await restored())?.engagedAt).toBeNull()
    await goBackTo(kept)
    await watch()
    expect((await restored())?.engagedAt).toBeInstanceOf(Date)
  })

  test('that lost events while the brake does not engage is not forgotten: it engages as soon as it may', async () => {
    const kept = await happens()
    const seen = await happens()
    await watch()
    await engageBrake(database.db, 'restored', { by: 'test', reason: 'an earlier one' })
    await releaseBrake(database.db, 'restored', { ignoreForMs: 3_600_000 })
    await goBackTo(kept)
    await watch()
    expect(await mark()).toBe(seen)
    await runSql(database.url, `update hangar.brakes set ignored_until = null`)
    await watch()
    expect(await restored()).toMatchObject({ engagedBy: 'scheduler', details: { last: kept, mark: seen } })
    expect(await mark()).toBe(kept)
  })

  test('cannot be judged where Redis was flushed: no alarm, and a new mark', async () => {
    const kept = await happens()
    await happens()
    await watch()
    await queues.redis.del(...(await queues.redis.keys(`${queues.prefix}:high-water:*`)))
    await goBackTo(kept)
    await watch()
    expect((await restored())?.engagedAt).toBeNull()
    expect(await mark()).toBe(kept)
  })

  test('of another installation is its own: a new database under an old Redis raises no alarm', async () => {
    await happens()
    await watch()
    await goBackTo(0)
    await runSql(
      database.url,
      `begin; set local session_replication_role = replica;
       update hangar.installation set id = gen_random_uuid(); commit`,
    )
    await watch()
    expect((await restored())?.engagedAt).toBeNull()
    expect(await mark()).toBe(0)
  })
})
