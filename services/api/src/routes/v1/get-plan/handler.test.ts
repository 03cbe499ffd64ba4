import { answerInspection, findInspection } from '@hangar/db'
import { closeRedis, createInspectWorker, createRedis } from '@hangar/jobs'
import { createUser } from '@hangar/testkit'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'
import { randomUUID } from 'node:crypto'

/** With a worker in the place of the real one, which answers what it is told to. */
describe('200', () => {
  const api = useApi({ deps: { inspectWaitMs: 5_000 } })
  const closing: (() => Promise<void>)[] = []

  beforeAll(() => {
    const { host, port } = api.queues.redis.options as { host: string; port: number }
    const redis = createRedis({ url: `redis://${host}:${port}`, role: 'worker', name: 'test' })
    const worker = createInspectWorker({
      redis,
      prefix: api.queues.prefix,
      concurrency: 1,
      process: async (job) => {
        if (!('requestId' in job)) throw new Error('nobody asks for a health check here')
        const { requestId } = job
        const asked = await findInspection(api.db, requestId)
        await answerInspection(api.db, requestId, { plan: { kind: 'settled' }, asked: asked?.question })
        return { kind: 'done' }
      },
    })
    closing.push(
      () => worker.close(1_000),
      () => closeRedis(redis),
    )
  })
  afterAll(async () => {
    for (const close of closing) await close()
  })

  test("a worker's answer, which can be fetched again", async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const response = await request(api.app)
      .get(`/v1/apps/${userId}/plan`)
      .set(await bearer('viewer'))
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({
      user_id: userId,
      state: 'done',
      result: { plan: { kind: 'settled' }, asked: {} },
    })
    const { url } = response.body as { url: string }
    const again = await request(api.app).get(url).set(serviceKey)
    expect(again.body).toEqual(response.body)
  })

  test.each([
    [
      'deprovision, against the tier',
      'pro',
      { force: true, reason: 'try' },
      'deprovision',
      { override: { desired: 'off', guest: null } },
    ],
    ['deprovision, as the tier says', 'free', {}, 'deprovision', {}],
    ['retry', 'pro', {}, 'retry', {}],
    ['force', 'pro', { action: 'abandon', reason: 'try' }, 'force', { forced: 'abandon' }],
  ])('a dry run of %s asks what would follow', async (_what, tier, body, action, asked) => {
    const { userId } = await createUser(api.db, { tier })
    await createAppRow(api.db, userId)
    const response = await request(api.app)
      .post(`/v1/apps/${userId}/${action}?dryRun=true`)
      .set(serviceKey)
      .send(body)
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({ dry_run: true, inspection: { state: 'done', result: { asked } } })
  })
})

describe('202', () => {
  const api = useApi()

  test('no worker answers in time: where the answer will be', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const response = await request(api.app).get(`/v1/apps/${userId}/plan`).set(serviceKey)
    expect(response.status).toBe(202)
    const { id } = response.body as { id: string }
    expect(response.body).toMatchObject({ state: 'waiting', result: null, url: `/v1/inspections/${id}` })
    expect(await api.queues.inspect.getJob(id)).toMatchObject({ data: { requestId: id } })
    const fetched = await request(api.app).get(`/v1/inspections/${id}`).set(serviceKey)
    expect(fetched.status).toBe(200)
    expect(fetched.body).toMatchObject({ id, state: 'waiting' })
  })
})

describe('404', () => {
  const api = useApi()

  test('a user nobody knows', async () => {
    const response = await request(api.app).get(`/v1/apps/${randomUUID()}/plan`).set(serviceKey)
    expect(response.status).toBe(404)
    expect(response.body).toMatchObject({ code: 'unknown_user' })
  })
})

describe('503', () => {
  const api = useApi({ redis: 'down' })

  test('Redis is away: no worker can be asked', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const response = await request(api.app).get(`/v1/apps/${userId}/plan`).set(serviceKey)
    expect(response.status).toBe(503)
    expect(response.body).toMatchObject({ code: 'redis_unavailable' })
  })

  test('a dry run still tells the effect', async () => {
    const { userId } = await createUser(api.db, { tier: 'free' })
    await createAppRow(api.db, userId)
    const response = await request(api.app).post(`/v1/apps/${userId}/deprovision?dryRun=true`).set(serviceKey)
    expect(response.status).toBe(200)
    expect(response.body).toMatchObject({ effect: 'work', inspection: null })
  })
})
