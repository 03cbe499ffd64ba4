import { randomUUID } from 'node:crypto'
import { endBulkIfOver, listAudit } from '@hangar/db'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'
import { createBulk } from '../../../testing/bulks.ts'

const api = useApi()
const say = (id: number, verb: string) => request(api.app).post(`/v1/bulk/${id}/${verb}`).set(serviceKey)

test('one that is over is neither paused nor resumed nor cancelled, a cancelled one not begun again', async () => {
  const left = { userId: randomUUID(), code: 'unknown_user', detail: 'd' }
  const over = await createBulk(api.db, [], { items: [left] })
  expect(await endBulkIfOver(api.db, over)).toBe(true)
  const cancelled = await createBulk(api.db, [randomUUID()])
  await say(cancelled, 'cancel')
  const before = await listAudit(api.db, { limit: 10 })
  for (const [id, verb] of [
    [over, 'pause'],
    [over, 'resume'],
    [over, 'cancel'],
    [cancelled, 'pause'],
    [cancelled, 'resume'],
  ] as const) {
    const response = await say(id, verb)
    expect([response.status, response.body]).toMatchObject([409, { code: 'bulk_over' }])
  }
  expect(await listAudit(api.db, { limit: 10 })).toEqual(before)
})
