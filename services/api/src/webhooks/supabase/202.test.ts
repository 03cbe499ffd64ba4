import { randomUUID } from 'node:crypto'
import { findWant, raiseWant } from '@hangar/db'
import { createUser, setTier } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import {
  postWebhook,
  SHARED_SECRET,
  signedHeaders,
  subscriptionEvent,
  useApi,
} from '../../testing/harness.ts'

const api = useApi()

const jobOf = async (lane: 'provision' | 'deprovision', userId: string) => {
  const jobId = await api.queues[lane].getDeduplicationJobId(userId)
  return jobId === null ? undefined : api.queues[lane].getJob(jobId)
}

describe('an event of a subscription wakes the lane that its tier points to', () => {
  test.each([
    ['provision', { tier: 'pro' }],
    ['provision', { tier: 'ELITE', status: null }],
    ['deprovision', { tier: 'free' }],
    ['deprovision', { tier: null }],
    ['deprovision', { tier: 'pro', status: 'canceled' }],
  ] as const)('%s for %j', async (lane, row) => {
    const userId = randomUUID()
    const body = subscriptionEvent(userId, 'pro', { record: { user_id: userId, status: 'active', ...row } })
    const response = await postWebhook(api, body)
    expect(response.status).toBe(202)
    expect(response.body).toEqual({ status: 'woken' })
    expect((await jobOf(lane, userId))?.data).toEqual({ userId })
  })

  test('a DELETE carries the row as it was', async () => {
    const userId = randomUUID()
    const gone = {
      type: 'DELETE',
      record: null,
      old_record: { user_id: userId, tier: 'pro', status: 'active' },
    }
    const response = await postWebhook(api, subscriptionEvent(userId, 'pro', gone))
    expect(response.status).toBe(202)
    expect(await jobOf('deprovision', userId)).toBeDefined()
  })

  test('ten deliveries at once make one job', async () => {
    const userId = randomUUID()
    const deliveries = Array.from({ length: 10 }, () => postWebhook(api, subscriptionEvent(userId)))
    for (const response of await Promise.all(deliveries)) expect(response.status).toBe(202)
    const jobs = await api.queues.provision.getJobs(['waiting', 'delayed', 'active'])
    expect(jobs.filter((job) => job.data.userId === userId)).toHaveLength(1)
  })
})

test('a shared secret opens as well as a signature', async () => {
  const response = await postWebhook(api, subscriptionEvent(randomUUID()), {
    'content-type': 'application/json',
    'x-hangar-webhook-secret': SHARED_SECRET,
  })
  expect(response.status).toBe(202)
})

test('the content type does not matter: the bytes do', async () => {
  const body = subscriptionEvent(randomUUID())
  const response = await postWebhook(api, body, { ...signedHeaders(body), 'content-type': 'text/plain' })
  expect(response.status).toBe(202)
})

test("what the database's own trigger wrote is left as it is", async () => {
  const { userId } = await createUser(api.db, { tier: 'free' })
  await setTier(api.db, userId, 'pro')
  await raiseWant(api.db, userId, 'sweep')
  const before = await findWant(api.db, userId)
  await postWebhook(api, subscriptionEvent(userId))
  expect(await findWant(api.db, userId)).toEqual(before)
})

test.each([
  ['another table', { table: 'trader_signals', record: { id: 1 } }],
  ['another schema', { schema: 'private' }],
  ['a row without a user, of another table', { table: 'x', record: null }],
])('%s is none of our business', async (_name, extra) => {
  const userId = randomUUID()
  const response = await postWebhook(api, subscriptionEvent(userId, 'pro', extra))
  expect(response.status).toBe(202)
  expect(response.body).toEqual({ status: 'ignored' })
  expect(await jobOf('provision', userId)).toBeUndefined()
})
