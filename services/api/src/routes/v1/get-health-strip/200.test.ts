import { insertEvent } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('piece by piece, without gaps, until now', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const { id } = await createAppRow(api.db, userId, { healthStatus: 'unhealthy' })
  for (const eventType of ['provision_started', 'provision_healthy', 'health_check_failed'])
    await insertEvent(api.db, {
      userFlyAppId: id,
      userId,
      eventType,
      status: 'success',
      message: 'm',
      actor: 'a',
    })
  const response = await request(api.app)
    .get(`/v1/apps/${userId}/health?hours=1`)
    .set(await bearer('viewer'))
  expect(response.status).toBe(200)
  const { from, to, segments } = response.body as {
    from: string
    to: string
    segments: Record<string, string>[]
  }
  expect(Date.parse(to) - Date.parse(from)).toBe(3_600_000)
  expect(segments[0]).toMatchObject({ from, status: 'none' })
  expect(segments.at(-1)).toMatchObject({ to, status: 'unhealthy', message: 'm' })
})
