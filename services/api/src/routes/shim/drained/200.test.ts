import { findHeartbeat } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { appHeaders, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['deprovision', { status: 'deprovisioning', teardownStartedAt: 'now', drainStartedAt: 'now' }],
  ['provision', { operation: 'resize', drainStartedAt: 'now' }],
] as const)('the report is kept, and whoever waits for it in the %s lane goes on', async (lane, patch) => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const app = await createAppRow(api.db, userId, patch)
  const response = await request(api.app)
    .post('/shim/v1/drained')
    .set(appHeaders(api, app))
    .send({ signals_flushed: 4, executions_flushed: 2, lost: 0, rejected: 3 })
  expect(response.status).toBe(200)
  expect(response.body).toEqual({ ok: true })
  expect(await findHeartbeat(api.db, app.id)).toMatchObject({
    drainedAt: expect.any(Date),
    drained: { signalsFlushed: 4, executionsFlushed: 2, lost: 0, rejected: 3 },
  })
  expect(await api.queues[lane].getDeduplicationJobId(userId)).not.toBeNull()
})
