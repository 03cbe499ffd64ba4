import { acknowledgeAlert, raiseAlert, resolveAlert } from '@hangar/db'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../../../testing/harness.ts'

describe('200', () => {
  const api = useApi()

  type Page = { items: { kind: string }[]; next_cursor: string | null }

  test('the open ones by default, all on request, newest first; more of the same is counted', async () => {
    for (const kind of ['budget', 'stuck', 'queue_lag', 'stuck'] as const)
      await raiseAlert(api.db, {
        kind,
        subject: 's',
        severity: 'warning',
        message: `${kind}!`,
        details: { n: 1 },
      })
    await resolveAlert(api.db, 'budget', 's')
    const list = async (query: object) => {
      const response = await request(api.app)
        .get('/v1/alerts')
        .query(query)
        .set(await bearer('viewer'))
      expect(response.status).toBe(200)
      return response.body as Page
    }
    const open = await list({})
    expect(open.items.map((alert) => alert.kind)).toEqual(['queue_lag', 'stuck'])
    expect(open.items[1]).toEqual({
      id: expect.any(Number),
      kind: 'stuck',
      subject: 's',
      severity: 'warning',
      message: 'stuck!',
      details: { n: 1 },
      times: 2,
      first_at: expect.any(String),
      last_at: expect.any(String),
      acknowledged_at: null,
      acknowledged_by: null,
      resolved_at: null,
    })
    const first = await list({ state: 'all', limit: 2 })
    const second = await list({ state: 'all', limit: 2, cursor: first.next_cursor })
    expect([...first.items, ...second.items].map((alert) => alert.kind)).toEqual([
      'queue_lag',
      'stuck',
      'budget',
    ])
    expect(second.next_cursor).toBeNull()
  })

  test('by what they are about, how grave they are, and whether anybody has seen them', async () => {
    const raise = (kind: 'budget' | 'outbox_lag', subject: string, severity: 'critical' | 'warning') =>
      raiseAlert(api.db, { kind, subject, severity, message: 'm' })
    await raise('budget', 'a', 'critical')
    await raise('budget', 'b', 'warning')
    await raise('outbox_lag', 'a', 'warning')
    const subjects = async (query: object) => {
      const response = await request(api.app)
        .get('/v1/alerts')
        .query(query)
        .set(await bearer('viewer'))
      const { items } = response.body as { items: { id: number; kind: string; subject: string }[] }
      return items.map(({ kind, subject }) => `${kind} ${subject}`)
    }
    expect(await subjects({ kind: 'budget' })).toEqual(['budget b', 'budget a'])
    expect(await subjects({ kind: 'budget', subject: 'a' })).toEqual(['budget a'])
    expect(await subjects({ severity: 'critical' })).toEqual(['budget a'])
    const seen = await request(api.app)
      .get('/v1/alerts?severity=critical')
      .set(await bearer('viewer'))
    const [first] = (seen.body as { items: { id: number }[] }).items
    await api.db.transaction().execute((tx) => acknowledgeAlert(tx, first!.id, 'user:ada'))
    expect(await subjects({ acknowledged: 'true' })).toEqual(['budget a'])
    expect(await subjects({ acknowledged: 'false', kind: 'budget' })).toEqual(['budget b'])
  })
})

describe('422', () => {
  const api = useApi()

  test.each([
    ['query.state', { state: 'closed' }],
    ['query.severity', { severity: 'grave' }],
    ['query.acknowledged', { acknowledged: 'perhaps' }],
    ['query.limit', { limit: 0 }],
    ['query.cursor', { cursor: 'x' }],
  ])('%s in %j', async (field, query) => {
    const response = await request(api.app).get('/v1/alerts').query(query).set(serviceKey)
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field }] })
  })
})
