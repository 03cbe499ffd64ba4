import { listAlerts, listAudit, turnWave } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import request from 'supertest'
import { bearer, useApi } from '../../../testing/harness.ts'
import { createBulk, createMigration } from '../../../testing/bulks.ts'

const api = useApi()

const users = async (count: number) => {
  const made: string[] = []
  for (let n = 0; n < count; n++) made.push((await createUser(api.db, { tier: 'pro' })).userId)
  return made
}

async function say(id: number, verb: string) {
  return request(api.app)
    .post(`/v1/migrations/${id}/${verb}`)
    .set(await bearer('operator'))
    .send({ reason: 'because' })
}

test('paused, resumed and cancelled, each once, and audited', async () => {
  const id = await createMigration(api.db, await users(3))
  expect((await say(id, 'pause')).body).toMatchObject({
    changed: true,
    dry_run: false,
    migration: { state: 'paused', paused_because: 'operator', eta_seconds: null },
  })
  expect((await say(id, 'pause')).body).toMatchObject({ changed: false })
  expect((await say(id, 'resume')).body).toMatchObject({
    changed: true,
    migration: { state: 'running', paused_because: null },
  })
  expect((await say(id, 'cancel')).body).toMatchObject({
    changed: true,
    migration: { state: 'cancelled', counts: { waiting: 0, skipped: 3 } },
  })
  const audit = await listAudit(api.db, { limit: 3 })
  expect(audit.map(({ action }) => action)).toEqual(['bulk.cancel', 'bulk.resume', 'bulk.pause'])
})

test('one that has stopped itself says so until it is resumed', async () => {
  const id = await createMigration(api.db, await users(4))
  await sql`
    update hangar.bulk_items set state = 'failed', code = 'fly_failed', ended_at = hangar.now()
    where bulk_id = ${id} and place <= 2`.execute(api.db)
  expect(await turnWave(api.db, id, { actor: 'worker-a' })).toMatchObject({ kind: 'stopped', failed: 2 })
  const seen = await request(api.app)
    .get(`/v1/migrations/${id}`)
    .set(await bearer('viewer'))
  expect(seen.body).toMatchObject({ state: 'paused', paused_because: 'failure_share', wave: 1, waves: 2 })
  const open = () => listAlerts(api.db, { limit: 2, openOnly: true })
  expect(await open()).toMatchObject([{ kind: 'migration_stopped', subject: String(id) }])
  expect((await say(id, 'resume')).body).toMatchObject({ changed: true, migration: { state: 'running' } })
  expect(await open()).toEqual([])
})

test('what is no migration is not there', async () => {
  const [userId = ''] = await users(1)
  const id = await createBulk(api.db, [userId])
  for (const path of ['', '/items', '/report.csv', '/report.json']) {
    const response = await request(api.app)
      .get(`/v1/migrations/${id}${path}`)
      .set(await bearer('viewer'))
    expect([response.status, response.body]).toMatchObject([404, { code: 'not_found' }])
  }
  expect((await say(id, 'cancel')).status).toBe(404)
})
