/** An app's calls have the same rules about which machine of which generation is heard. */
import {
  engageBrake,
  findHeartbeat,
  recordDrained,
  recordHeartbeat,
  releaseBrake,
  storeExecutions,
  storeSignals,
  updateApp,
  DEFAULT_HOST_MAPPING,
} from '@hangar/db'
import { createTrader, createUser } from '@hangar/testkit'
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
    expect(heartbeat).toMatchObject({ refusedMachineId: 'm0', machineId: null, lastHeartbeatAt: null })
  })

  test('503 for such a machine while the database is known to be older than what it manages', async () => {
    await engageBrake(api.db, 'restored', { by: 'test', reason: 'a test' })
    const { response, heartbeat } = await call({}, 'm0')
    await releaseBrake(api.db, 'restored')
    expect(response.status).toBe(503)
    expect(response.body).toMatchObject({ code: 'database_restored' })
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

test('a refused machine that is heard all the same has not retired', async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  const app = await createAppRow(api.db, userId)
  const ask = (machineId: string) =>
    request(api.app)
      .get('/shim/v1/bootstrap')
      .set(appHeaders(api, app, machineId))
  await ask('m0').expect(410)
  await ask('m1').expect(200)
  expect(await findHeartbeat(api.db, app.id)).toMatchObject({ refusedMachineId: 'm0' })
  await api.db.transaction().execute((tx) => updateApp(tx, app.id, { flyMachineId: 'm0' }))
  await ask('m0').expect(200)
  expect(await findHeartbeat(api.db, app.id)).toMatchObject({ refusedMachineId: null })
})

describe.each([
  ['another machine has taken its place', { flyMachineId: 'm2' }],
  ['its generation has ended', { status: 'deleted', deletedAt: 'now' }],
] as const)('a call that was let in, and writes when %s', (_what, patch) => {
  test('writes nothing', async () => {
    const { userId } = await createUser(api.db, { tier: 'pro' })
    const { traderId } = await createTrader(api.db, userId)
    const app = await createAppRow(api.db, userId, patch)
    const machineId = 'm1'
    const { traders, signals, executions } = DEFAULT_HOST_MAPPING
    const writer = { id: app.id, machineId }
    const at = '2026-03-01T12:00:00Z'
    const item = { clientId: 'c', traderId, symbol: 'S', payload: '{}', createdAt: at }
    const run = { clientId: 'c', traderId, startedAt: at, finishedAt: at, outcome: 'ok' }
    expect(await recordHeartbeat(api.db, app.id, { machineId, runningTraderIds: [] })).toBeNull()
    expect(
      await recordDrained(api.db, app.id, { signalsFlushed: 0, executionsFlushed: 0, lost: 0 }, machineId),
    ).toBe(false)
    const refused = { code: 'machine_not_current' }
    await expect(storeSignals(api.db, { traders, signals: signals! }, writer, [item])).rejects.toMatchObject(
      refused,
    )
    await expect(
      storeExecutions(api.db, { traders, executions: executions! }, writer, [run]),
    ).rejects.toMatchObject(refused)
    expect(await findHeartbeat(api.db, app.id)).toBeNull()
  })
})
