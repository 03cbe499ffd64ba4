import { findHeartbeat } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { appHeaders, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([
  ['heartbeat', 'running_trader_ids', {}],
  ['heartbeat', 'running_trader_ids', { running_trader_ids: 't1' }],
  ['heartbeat', 'running_trader_ids.0', { running_trader_ids: [1] }],
  ['heartbeat', 'version', { running_trader_ids: [], version: 'a\u0000b' }],
  ['heartbeat', 'last_cycle_at', { running_trader_ids: [], last_cycle_at: 'yesterday' }],
  ['heartbeat', 'memory_mb', { running_trader_ids: [], memory_mb: -1 }],
  ['heartbeat', 'memory_mb', { running_trader_ids: [], memory_mb: 3_000_000_000 }],
  ['heartbeat', 'buffered_signals', { running_trader_ids: [], buffered_signals: 1.5 }],
  ['drained', 'lost', { signals_flushed: 0, executions_flushed: 0 }],
  ['drained', 'signals_flushed', { signals_flushed: '0', executions_flushed: 0, lost: 0 }],
])('%s: %s in %j', async (name, field, body) => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const app = await createAppRow(api.db, userId)
  const response = await request(api.app).post(`/shim/v1/${name}`).set(appHeaders(api, app)).send(body)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field }] })
  expect(await findHeartbeat(api.db, app.id)).toBeNull()
})
