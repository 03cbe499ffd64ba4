import { appName, DEFAULT_APP_PREFIX } from '@hangar/core'
import { engageBrake, findInstallationId, insertOverride, listAudit, listBulks } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createMigration } from '../../../testing/bulks.ts'
import { createAppRow, serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
type Planned = { user_id: string; decision: string; code: string | null }
type Preview = { status: number; body: { users: Planned[] } & Record<string, unknown> }

async function preview(body: object): Promise<Preview> {
  return request(api.app)
    .post('/v1/migrations?dryRun=true')
    .set(serviceKey)
    .send({ reason: 'a look', ...body })
}

const plannedIn = ({ users }: Preview['body']) =>
  users.map(({ user_id: id, decision, code }) => [id, decision, code])

test('by name: who would get which app, when, at what cost; who is left out and why', async () => {
  const pro = await createUser(api.db, { tier: 'pro' })
  const elite = await createUser(api.db, { tier: 'elite' })
  const up = await createUser(api.db, { tier: 'pro' })
  const upsApp = await createAppRow(api.db, up.userId)
  const free = await createUser(api.db, { tier: 'free' })
  const response = await preview({
    user_ids: [free.userId, elite.userId, up.userId, pro.userId],
    wave_size: 1,
    wave_pause_seconds: 30,
    per_minute: 30,
  })
  const installationId = await findInstallationId(api.db)
  const nameOf = (userId: string) =>
    appName({ prefix: DEFAULT_APP_PREFIX, installationId, userId, generation: 1, candidate: 0 })
  const migrate = { decision: 'migrate', code: null, text: null }
  const skip = { decision: 'skip', wave: null, monthly_cost_usd: null }
  const who = ({ userId, email }: { userId: string; email: string }) => ({ user_id: userId, email })
  expect([response.status, response.body]).toEqual([
    200,
    {
      total: 4,
      eligible: 2,
      ineligible_by_code: { already_active: 1, entitlement_conflict: 1 },
      users: [
        {
          ...who(elite),
          ...migrate,
          ...{ tier: 'elite', wave: 1, app_name: nameOf(elite.userId), monthly_cost_usd: '7.00' },
        },
        {
          ...who(pro),
          ...migrate,
          ...{ tier: 'pro', wave: 2, app_name: nameOf(pro.userId), monthly_cost_usd: '6.00' },
        },
        {
          ...who(free),
          ...skip,
          ...{ tier: 'free', code: 'entitlement_conflict', text: 'tier free', app_name: null },
        },
        {
          ...who(up),
          ...skip,
          ...{ tier: 'pro', code: 'already_active', text: 'the app is up already' },
          app_name: upsApp.flyAppName,
        },
      ],
      waves: 2,
      wave_size: 1,
      wave_pause_seconds: 30,
      stop_on_failure_share: 0.1,
      per_minute: 30,
      eta_seconds: 4 + 2 * 60 + 30,
      monthly_cost_usd: '13.00',
      held_by: null,
    },
  ])
  expect(await listBulks(api.db, { limit: 1 })).toEqual([])
  expect(await listAudit(api.db, { limit: 1 })).toEqual([])
})

test('of all, or of a tier: those who pay and have no app that is up, and nobody else', async () => {
  const make = async (tier: string, status = 'active') => (await createUser(api.db, { tier, status })).userId
  const pro = await make('pro')
  const elite = await make('elite', 'trialing')
  const failed = await make('pro')
  await createAppRow(api.db, failed, { status: 'error', retryCount: 4 })
  const up = await make('pro')
  await createAppRow(api.db, up)
  const before = await make('pro', 'canceled')
  const unclear = await make('pro', 'on_the_moon')
  const off = await make('pro')
  await api.db
    .transaction()
    .execute((tx) => insertOverride(tx, { userId: off, desired: 'off', reason: 'r', actor: 'a' }))
  const { body: all } = await preview({ all: true })
  const expected: [string, string, string | null][] = [
    [pro, 'migrate', null],
    [elite, 'migrate', null],
    [failed, 'migrate', null],
    [unclear, 'skip', 'entitlement_conflict'],
    [off, 'skip', 'entitlement_conflict'],
  ]
  const mine = new Set([pro, elite, failed, up, before, unclear, off])
  const sorted = (list: unknown[][]) => list.filter(([id]) => mine.has(String(id))).sort()
  expect(sorted(plannedIn(all))).toEqual(expected.sort())
  const { body: some } = await preview({ tier: 'ELITE' })
  expect(sorted(plannedIn(some))).toEqual([[elite, 'migrate', null]])
})

test('who is in another migration that goes on is left out; a brake in the way is told', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  await createMigration(api.db, [userId])
  await engageBrake(api.db, 'fly_unreachable', { by: 'guards', reason: 'no answer' })
  const { body } = await preview({ user_ids: [userId] })
  expect(plannedIn(body)).toEqual([[userId, 'skip', 'already_migrating']])
  expect(body).toMatchObject({ eligible: 0, waves: 0, held_by: 'fly_unreachable', eta_seconds: null })
})
