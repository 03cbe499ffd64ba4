/** An app's calls have the same rules about which machine of which generation is heard. */
import { findHeartbeat } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { appHeaders, createAppRow, useApi } from '../../testing/harness.ts'

const api = useApi()

const calls = [
  ['get', '/shim/v1/bootstrap', undefined],
  ['post', '/shim/v1/heartbeat', { running_trader_ids: [] }],
  ['post', '/shim/v1/signals', { items: [] }],
  ['post', '/shim/v1/executions', { items: [] }],
  ['post', '/shim/v1/drained', { signals_flushed: 0, executions_flushed: 0, lost: 0 }],
] as const

describe.each(calls)('%s %s', (method, path, body) => {
  async function call(patch: Parameters<typeof createAppRow>[2], machineId: string) {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const app = await createAppRow(api.db, userId, patch)
    const response = await request(api.app)
      [method](path)
      .set(appHeaders(api, app, machineId))
      .send(body)
    return { response, heartbeat: await findHeartbeat(api.db, app.id) }
  }

  test('410 for a generation that has ended', async () => {
    const { response, heartbeat } = await call({ status: 'deleted', deletedAt: 'now' }, 'm1')
    expect(response.status).toBe(410)
    expect(response.body).toMatchObject({ code: 'generation_ended' })
    expect(heartbeat).toBeNull()
  })

  test('410 for a machine that was replaced: it would trade twice', async () => {
    const { response, heartbeat } = await call({}, 'm0')
    expect(response.status).toBe(410)
    expect(response.body).toMatchObject({ code: 'machine_not_current' })
    expect(heartbeat).toBeNull()
  })

  test('503 while no machine is recorded: it was created a moment ago', async () => {
    const { response, heartbeat } = await call({ status: 'provisioning', flyMachineId: null }, 'm1')
    expect(response.status).toBe(503)
    expect(response.headers['retry-after']).toBe('2')
    expect(response.body).toMatchObject({ code: 'machine_not_recorded' })
    expect(heartbeat).toBeNull()
  })

  test('422 for a call that does not say from which machine', async () => {
    const { response } = await call({}, '')
    expect(response.status).toBe(422)
    expect(response.body).toMatchObject({ errors: [{ field: 'header.x-fly-machine-id' }] })
  })
})
