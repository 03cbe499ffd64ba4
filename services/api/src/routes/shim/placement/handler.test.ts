import { createUser, waitFor } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { appHeaders, createAppRow, SHARED_TOKEN, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const NEXT_TOKEN = 'the-token-that-comes-after-that-of-this-test'
  const api = useApi({
    deps: { placement: { handover: 'confirmed', sharedTokens: [SHARED_TOKEN, NEXT_TOKEN] } },
  })

  type Answer = {
    cursor: string
    complete: boolean
    users: { user_id: string; runs_on: string; move: number }[]
  }

  async function placement(after?: string, token = SHARED_TOKEN): Promise<Answer> {
    const response = await request(api.app)
      .get('/shim/v1/placement')
      .query(after === undefined ? {} : { after })
      .set({ authorization: `Bearer ${token}` })
    expect(response.status).toBe(200)
    return response.body as Answer
  }

  test('all who are not shared, then what changed; a confirmation moves on who is still in that move', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const app = await createAppRow(api.db, userId)
    expect(await placement()).toEqual({ cursor: expect.any(String), complete: true, users: [] })
    const { cursor } = await placement()
    await request(api.app).get('/shim/v1/bootstrap').set(appHeaders(api, app)).expect(200)
    const moved = await placement(cursor)
    expect(moved).toMatchObject({ complete: false, users: [{ user_id: userId, runs_on: 'moving', move: 1 }] })
    expect(await placement(undefined, NEXT_TOKEN)).toMatchObject({ complete: true, users: moved.users })

    const release = (move: number) =>
      request(api.app)
        .post('/shim/v1/placement/released')
        .set({ authorization: `Bearer ${NEXT_TOKEN}` })
        .send({ released: [{ user_id: userId, move }] })
    for (const move of [2, 1, 1]) expect((await release(move)).body).toEqual({ ok: true })
    const after = await placement(moved.cursor)
    expect(after.users).toEqual([{ user_id: userId, runs_on: 'dedicated', move: 2 }])
    // Whatever is open elsewhere on the server has what was changed meanwhile named once more.
    const nothingNew = async () =>
      (await placement((await placement(after.cursor)).cursor)).users.length === 0
    await waitFor(nothingNew, { what: 'nothing new to be told' })
  })

  test('with several shared backends, each that asked confirms; one that leaves is not waited for', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const app = await createAppRow(api.db, userId)
    const ask = async (instance: string) => {
      const answer = await request(api.app)
        .get('/shim/v1/placement')
        .query({ instance })
        .set({ authorization: `Bearer ${SHARED_TOKEN}` })
      return (answer.body as Answer).users.find((user) => user.user_id === userId)
    }
    const release = (body: object) =>
      request(api.app)
        .post('/shim/v1/placement/released')
        .set({ authorization: `Bearer ${SHARED_TOKEN}` })
        .send(body)
        .expect(200)
    for (const instance of ['old', 'new', 'third']) await ask(instance)
    await request(api.app).get('/shim/v1/bootstrap').set(appHeaders(api, app)).expect(200)
    const released = [{ user_id: userId, move: 1 }]
    await release({ released, instance: 'new' })
    await release({ released: [], instance: 'third', leaving: true })
    expect(await ask('new')).toMatchObject({ runs_on: 'moving' })
    await release({ released, instance: 'old' })
    expect(await ask('new')).toMatchObject({ runs_on: 'dedicated', move: 2 })
  })

  test('nobody gets in where no token is set', async () => {
    const response = await request(api.app)
      .get('/shim/v1/placement')
      .set({ authorization: 'Bearer undefined' })
    expect(response.status).toBe(401)
  })
})

describe('422', () => {
  const api = useApi()
  const shared = { authorization: `Bearer ${SHARED_TOKEN}` }

  test.each(['', 'x', '-1', '1e3', '1; drop table x', '1'.repeat(19), 'xyz.1', '0123456789ab.'])(
    'no cursor of ours: %j',
    async (after) => {
      const response = await request(api.app).get('/shim/v1/placement').query({ after }).set(shared)
      expect(response.status).toBe(422)
      expect(response.body).toMatchObject({ errors: [{ field: 'query.after' }] })
    },
  )

  test.each([
    ['released', {}],
    ['released', { released: 'all' }],
    ['instance', { released: [], instance: 'a b' }],
    ['released', { released: Array.from({ length: 1001 }, () => ({})) }],
    ['released.0.user_id', { released: [{ user_id: 'u1', move: 1 }] }],
    ['released.0.move', { released: [{ user_id: '00000000-0000-4000-8000-000000000001' }] }],
    ['released.0.move', { released: [{ user_id: '00000000-0000-4000-8000-000000000001', move: 2 ** 31 }] }],
  ])('released: %s is wrong', async (field, body) => {
    const response = await request(api.app).post('/shim/v1/placement/released').set(shared).send(body)
    expect(response.status).toBe(422)
    const { errors } = response.body as { errors: { field: string }[] }
    expect(errors.map((error) => error.field)).toContain(field)
  })
})
