import { endOrphan, findOrphan, listAudit } from '@hangar/db'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../../../testing/harness.ts'
import { createOrphan } from '../../../testing/orphans.ts'

describe('202, redis down', () => {
  const api = useApi({ redis: 'down' })

  test('with Redis away it is written down all the same', async () => {
    await createOrphan(api.db, 'vyx-user-a')
    const response = await request(api.app)
      .post('/v1/orphans/vyx-user-a/delete')
      .set(serviceKey)
      .send({ reason: 'billed for nothing' })
    expect(response.status).toBe(202)
    expect((await findOrphan(api.db, 'vyx-user-a'))?.deleteRequestedBy).toBe('service_role')
  })
})

describe('202', () => {
  const api = useApi()
  const ADMIN = '99999999-9999-4999-8999-999999999999'

  test('an admin asks: written down with its reason, once, and a scan is woken', async () => {
    const { userId } = await createOrphan(api.db, 'vyx-user-a')
    const ask = async (reason: string, sub?: string) =>
      request(api.app)
        .post('/v1/orphans/vyx-user-a/delete')
        .set(await bearer('admin', sub === undefined ? {} : { sub }))
        .set('x-request-id', 'req-9')
        .send({ reason })
    const response = await ask('left over from a test', ADMIN)
    expect(response.status).toBe(202)
    expect(response.body).toMatchObject({ app_name: 'vyx-user-a', delete_requested_by: `user:${ADMIN}` })
    expect((await ask('me too')).status).toBe(202)

    expect(await findOrphan(api.db, 'vyx-user-a')).toMatchObject({
      state: 'found',
      deleteRequestedBy: `user:${ADMIN}`,
    })
    expect(await listAudit(api.db, { limit: 5 })).toEqual([
      expect.objectContaining({
        actor: `user:${ADMIN}`,
        action: 'orphan.delete',
        userId,
        reason: 'left over from a test',
        requestId: 'req-9',
        after: expect.objectContaining({ app_name: 'vyx-user-a' }),
      }),
    ])
    const jobs = await api.queues.sweep.getJobs(['waiting'])
    expect(jobs.map((job) => job.name)).toEqual(['orphans'])
  })
})

describe('404', () => {
  const api = useApi()

  test.each(['vyx-user-never', 'vyx-user-gone'])('%s is no orphan now', async (name) => {
    await createOrphan(api.db, 'vyx-user-gone')
    await api.db.transaction().execute((tx) => endOrphan(tx, 'vyx-user-gone', { state: 'gone' }))
    const response = await request(api.app)
      .post(`/v1/orphans/${name}/delete`)
      .set(serviceKey)
      .send({ reason: 'why not' })
    expect(response.status).toBe(404)
    expect(response.body).toMatchObject({ code: 'not_found' })
    expect(await listAudit(api.db, { limit: 1 })).toEqual([])
  })
})

describe('409', () => {
  const api = useApi()

  test('one whose machines do not agree whose they are: no worker could ever prove it ours', async () => {
    await createOrphan(api.db, 'vyx-user-a', { kind: 'unknown_name', userId: null, generation: null })
    const response = await request(api.app)
      .post('/v1/orphans/vyx-user-a/delete')
      .set(serviceKey)
      .send({ reason: 'billed for nothing' })
    expect(response.status).toBe(409)
    expect(response.body).toMatchObject({
      code: 'orphan_not_provable',
      detail: expect.stringContaining('do not agree whose they are'),
    })
    expect((await findOrphan(api.db, 'vyx-user-a'))?.deleteRequestedBy).toBeNull()
    expect(await listAudit(api.db, { limit: 1 })).toEqual([])
  })
})

describe('422', () => {
  const api = useApi()

  test.each<[string, string, object]>([
    ['vyx-user-a', 'reason', {}],
    ['vyx-user-a', 'reason', { reason: '  ' }],
    ['VYX', 'path.appName', { reason: 'no such name' }],
  ])('%s: %s in %j', async (name, field, body) => {
    await createOrphan(api.db, 'vyx-user-a')
    const response = await request(api.app).post(`/v1/orphans/${name}/delete`).set(serviceKey).send(body)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field }] })
    expect((await findOrphan(api.db, 'vyx-user-a'))?.deleteRequestedBy).toBeNull()
  })
})
