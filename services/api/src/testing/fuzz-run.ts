/**
 * Sends fuzzed requests to the API over rows of every kind, one after another: none is answered with our own failure, none
 * in a way that the document does not know, and one that is refused leaves every row and every job as it was.
 */
import { randomUUID } from 'node:crypto'
import { approveBurst, insertInspection, insertOverride, raiseAlert } from '@hangar/db'
import { DEFAULT_POLICY } from '@hangar/core'
import { listQueues } from '@hangar/jobs'
import { createUser } from '@hangar/testkit'
import { expect } from '@jest/globals'
import fc from 'fast-check'
import request from 'supertest'
import { describeApi } from '../openapi/document.ts'
import { allRoutes } from '../routes/index.ts'
import { watchRows } from './watch-rows.ts'
import { createBulk, createMigration } from './bulks.ts'
import { type FuzzedRequest, fuzzedRequests, type Known } from './fuzz-requests.ts'
import { appHeaders, bearer, createAppRow, serviceKey, SHARED_TOKEN, type TestApi } from './harness.ts'
import { createOrphan } from './orphans.ts'

/** Never ends, and its query of a connection that lasts is tested where it is. */
const ENDLESS = new Set(['get /v1/stream'])

/** The truth, in a test without Supabase Auth. */
const NOBODY_THERE = /"code":"sign_in_unavailable"/

export async function fuzz(
  api: TestApi,
  { numRuns, seed }: { numRuns: number; seed: number },
): Promise<Map<number, number>> {
  const { known, credentials } = await furnish(api)
  const changes = await watchRows(api.databaseUrl)
  const answered = new Map<number, number>()
  const requests = fuzzedRequests(describeApi(allRoutes), {
    known,
    skip: ENDLESS,
    credentials,
  })
  const countJobs = async () => {
    const counts = await Promise.all(listQueues(api.queues).map((queue) => queue.getJobCountByTypes()))
    return counts.reduce((sum, one) => sum + one, 0)
  }
  try {
    await fc.assert(
      fc.asyncProperty(requests, async (asked) => {
        const before = [await changes.count(), await countJobs()]
        const { status, text } = await send(api, asked)
        answered.set(status, (answered.get(status) ?? 0) + 1)
        if (!NOBODY_THERE.test(text)) expect([status < 500, text]).toEqual([true, text])
        if (status >= 400) expect([await changes.count(), await countJobs()]).toEqual(before)
        expect(api.takeComplaints()).toEqual([])
      }),
      { numRuns, seed, endOnFailure: true },
    )
  } finally {
    await changes.end()
  }
  return answered
}

async function send(api: TestApi, { method, url, headers, body }: FuzzedRequest) {
  const call = request(api.app)[method as 'post'](url).set(headers)
  if (body === undefined) return call
  return call.set('content-type', 'application/json').send(body)
}

/** Rows that the requests can be about. */
async function furnish(api: TestApi) {
  const { db } = api
  const users: string[] = []
  for (const tier of ['pro', 'elite', 'free', null]) users.push((await createUser(db, { tier })).userId)
  const [withApp = '', failed = '', former = ''] = users
  const app = await createAppRow(db, withApp)
  await createAppRow(db, failed, { status: 'error', errorCode: 'fly_failed', retryCount: 4 })
  await createAppRow(db, former, { status: 'deprovisioning', teardownStartedAt: 'now' })
  await raiseAlert(db, { kind: 'outbox_lag', subject: '', severity: 'warning', message: 'm' })
  await createOrphan(db, 'vyx-user-dead')
  const lost = await createUser(db, { tier: 'pro' })
  await createOrphan(db, 'vyx-user-lost', {
    kind: 'unknown_name',
    userId: lost.userId,
    network: 'vyx-user-lost',
  })
  const inspection = randomUUID()
  await insertInspection(db, { id: inspection, userId: withApp, question: {}, requestedBy: 'a' })
  await db.transaction().execute(async (tx) => {
    await insertOverride(tx, { userId: failed, desired: 'paused', reason: 'r', actor: 'a' })
    await approveBurst(tx, { count: 3, reason: 'r', actor: 'a', expiresInMs: 60_000 }, DEFAULT_POLICY)
  })
  const bulkId = await createBulk(db, users)
  const migrationId = await createMigration(db, users)
  const userIds = [...users, lost.userId]
  const known: Known = {
    userId: userIds,
    user_id: userIds,
    user_ids: userIds,
    appName: ['vyx-user-dead', 'vyx-user-lost'],
    id: ['1', String(bulkId), String(migrationId), inspection],
  }
  const credentials = {
    bearer: [serviceKey, serviceKey, await bearer('operator'), await bearer('viewer')],
    appToken: [appHeaders(api, app)],
    sharedToken: [{ authorization: `Bearer ${SHARED_TOKEN}` }],
  }
  return { known, credentials }
}
