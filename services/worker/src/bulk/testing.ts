/** A worker that dies at a chosen statement of a bulk, and the one that goes on after it. For tests. */
import { DEFAULT_POLICY } from '@hangar/core'
import {
  createClient,
  type Database,
  databaseOver,
  findBulk,
  findWant,
  insertBulk,
  listAlerts,
  listAudit,
} from '@hangar/db'
import { createLogger } from '@hangar/runtime'
import { createUser, runSql, type TestDatabase } from '@hangar/testkit'
import { expect } from '@jest/globals'
import { type BulkDeps, runBulk } from './run.ts'

export type Death = { at: number; when: 'before' | 'after' }

/** One connection that is cut at the nth statement: before it is sent, or once the server has done it. */
async function mortalDatabase(url: string, { at, when }: Death) {
  const client = createClient({ connectionString: url, applicationName: 'mortal' })
  client.on('error', () => undefined)
  await client.connect()
  let statements = 0
  let dead = false
  const die = async (): Promise<never> => {
    dead = true
    await client.end()
    throw new Error('the worker died')
  }
  const query = async (text: string, values: readonly unknown[]) => {
    if (dead) throw new Error('it is dead already')
    const mine = ++statements
    if (mine === at && when === 'before') return die()
    const result = await client.query(text, [...values])
    return mine === at ? die() : result
  }
  const connection = { query, release: () => undefined }
  const db = databaseOver({
    connect: () => Promise.resolve(connection as never),
    end: () => Promise.resolve(),
    options: {},
  })
  return {
    db,
    survived: () => !dead,
    close: async () => {
      if (!dead) await client.end()
    },
  }
}

function depsOver(db: Database): BulkDeps {
  const logger = createLogger({ service: 'worker', level: 'silent' })
  const nobody = () => Promise.resolve()
  return { db, policy: DEFAULT_POLICY, logger, owner: 'worker-a', wake: nobody, wakeLook: nobody }
}

const turn = (db: Database, id: number) => runBulk(depsOver(db), id, new AbortController().signal)

/** One turn of a worker that dies in it, or not. True where it came to the end of its turn before it was to die. */
async function dieInTurn(url: string, death: Death, id: number): Promise<boolean> {
  const mortal = await mortalDatabase(url, death)
  await turn(mortal.db, id).catch((error: unknown) => {
    if (mortal.survived()) throw error
  })
  await mortal.close()
  return mortal.survived()
}

/** True where the worker came to the end of its turn before it was to die. */
export async function dieAndGoOn({ db, url }: TestDatabase, death: Death): Promise<boolean> {
  const users = [await createUser(db, { tier: 'pro' }), await createUser(db, { tier: 'free' })]
  const ids = users.map(({ userId }) => userId)
  const items = ids.map((userId) => ({ userId }))
  const made = { action: 'retry', force: false, reason: 'r', actor: 'a', requestId: null } as const
  const id = await db
    .transaction()
    .execute((tx) => insertBulk(tx, { ...made, perMinute: 6_000, burstApprovalId: null, items }))
  const survived = await dieInTurn(url, death, id)

  await turn(db, id)
  expect(await findBulk(db, id)).toMatchObject({ state: 'running', counts: { asked: 2 } })
  for (const userId of ids) {
    // The first is the trigger's own.
    expect((await findWant(db, userId))?.wantedVersion).toBe(2)
    expect(await listAudit(db, { userId, limit: 5 })).toHaveLength(1)
  }
  return survived
}

/**
 * The same between two waves of one user each, of whom the first has ended so. Done: the second is asked, once. Failed: it
 * stops, and says so once.
 */
export async function dieBetweenWaves(
  { db, url }: TestDatabase,
  first: 'done' | 'failed',
  death: Death,
): Promise<boolean> {
  const users = [await createUser(db, { tier: 'pro' }), await createUser(db, { tier: 'pro' })]
  const made = { action: 'migrate', force: false, reason: 'r', actor: 'a', requestId: null } as const
  const waves = { size: 1, pauseMs: 0, stopOnFailureShare: 0.5 }
  const items = users.map(({ userId }) => ({ userId }))
  const id = await db
    .transaction()
    .execute((tx) => insertBulk(tx, { ...made, perMinute: 6_000, burstApprovalId: null, items, waves }))
  await runSql(
    url,
    `update hangar.bulk_items set state = '${first}', ended_at = hangar.now() where bulk_id = ${id} and place = 1`,
  )
  const survived = await dieInTurn(url, death, id)

  for (let more = 0; more < 2; more++) await turn(db, id)
  const bulk = await findBulk(db, id)
  const asked = await listAudit(db, { userId: users[1]?.userId ?? '', limit: 5 })
  const alerts = await listAlerts(db, { limit: 5, kind: 'migration_stopped', subject: String(id) })
  if (first === 'done') {
    expect(bulk).toMatchObject({ state: 'running', wave: 2, counts: { asked: 1 } })
    expect([asked.length, alerts.length]).toEqual([1, 0])
  } else {
    expect(bulk).toMatchObject({ state: 'paused', wave: 1, counts: { waiting: 1 } })
    expect([asked.length, alerts.map(({ times }) => times)]).toEqual([0, [1]])
  }
  return survived
}
