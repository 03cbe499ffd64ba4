/** Everybody at once on the same things: each is answered, nobody by a failure of ours, and what is there in the end is one whole. */
import { findActiveOverride, findBulk, listAudit, listBrakes, raiseAlert, listAlerts } from '@hangar/db'
import { createUser, setTier } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { createBulk } from './testing/bulks.ts'
import { createAppRow, serviceKey, useApi } from './testing/harness.ts'

const api = useApi()

type Call = [method: 'post' | 'put' | 'delete' | 'patch', path: string, body?: object]

async function allAtOnce(calls: readonly Call[]): Promise<number[]> {
  const times = [...calls, ...calls, ...calls]
  const answers = await Promise.all(
    times.map(([method, path, body]) => request(api.app)[method](path).set(serviceKey).send(body)),
  )
  const failures = answers.filter(({ status }) => status >= 500).map(({ text }) => text)
  expect(failures).toEqual([])
  return answers.map(({ status }) => status)
}

test('one user: every act there is, while the subscription changes', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  await createAppRow(api.db, userId)
  const at = (path: string) => `/v1/apps/${userId}/${path}`
  const acts = allAtOnce([
    ['post', at('provision'), { force: true, reason: 'r', tier: 'elite' }],
    ['post', at('deprovision'), { force: true, reason: 'r' }],
    ['post', at('retry')],
    ['post', at('force'), { action: 'recreate', reason: 'r' }],
    ['post', at('check-health')],
    ['put', at('override'), { desired: 'on', reason: 'r' }],
    ['put', at('override'), { desired: 'paused', reason: 'r' }],
    ['delete', at('override'), { reason: 'r' }],
    ['post', '/v1/bulk', { action: 'retry', user_ids: [userId], reason: 'r' }],
  ])
  await Promise.all([acts, setTier(api.db, userId, 'elite'), setTier(api.db, userId, 'free')])
  const override = await findActiveOverride(api.db, userId)
  expect([null, 'on', 'off', 'paused']).toContain(override?.desired ?? null)
})

test('one bulk: paused, resumed and cancelled by many is cancelled, and stays so', async () => {
  const { userId } = await createUser(api.db)
  const id = await createBulk(api.db, [userId])
  const verbs = ['pause', 'resume', 'cancel', 'pause', 'resume']
  await allAtOnce(verbs.map((verb): Call => ['post', `/v1/bulk/${id}/${verb}`]))
  expect((await findBulk(api.db, id))?.state).toBe('cancelled')
  const cancels = (await listAudit(api.db, { limit: 200 })).filter(({ action }) => action === 'bulk.cancel')
  expect(cancels).toHaveLength(1)
})

test('brakes, settings, approvals and alerts: changed by many, audited once for each change', async () => {
  for (const subject of ['a', 'b'])
    await raiseAlert(api.db, { kind: 'orphan_found', subject, severity: 'info', message: 'm' })
  const ids = (await listAlerts(api.db, { limit: 5 })).map((alert) => alert.id)
  await allAtOnce([
    ['post', '/v1/brakes/operator/engage', { reason: 'r' }],
    ['post', '/v1/brakes/operator/release', { reason: 'r' }],
    ['patch', '/v1/settings', { teardown_burst: { least: 30 } }],
    ['patch', '/v1/settings', { teardown_burst: { share: 0.5 } }],
    ['post', '/v1/burst-approvals', { count: 1, reason: 'r' }],
    ['post', '/v1/alerts/acknowledge', { ids }],
    ['post', '/v1/alerts/acknowledge', { ids: ids.toReversed() }],
    ['post', `/v1/alerts/${ids[0]}/acknowledge`],
  ])
  const audit = await listAudit(api.db, { limit: 200 })
  const times = (what: string) => audit.filter(({ action }) => action === what).length
  expect(times('alert.acknowledge')).toBe(2)
  const operator = (await listBrakes(api.db)).find(({ name }) => name === 'operator')
  expect(times('brake.engage') - times('brake.release')).toBe(operator?.engagedAt ? 1 : 0)
})
