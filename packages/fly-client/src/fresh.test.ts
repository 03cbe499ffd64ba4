import { describe, expect, test } from '@jest/globals'

import { json, refuse } from './testing/server.ts'
import { failureOf, machineBody, useBench } from './testing/use.ts'

const GET = 'GET /v1/apps/a'
const MACHINES = '/v1/apps/a/machines'
const notFound = refuse(404, 'not_found: app not found')
const app = json(200, { name: 'a' })

describe('an object that this client just created', () => {
  const bench = useBench()

  test('an app may answer 404 and 401 for a while', async () => {
    bench.server.on('POST /v1/apps', json(201, { id: 'x' }))
    bench.server.on(GET, notFound, refuse(401, 'Unauthorized'), notFound, notFound, notFound, notFound, app)
    await bench.fly.apps.create({ name: 'a' })
    expect((await bench.fly.apps.get('a')).name).toBe('a')
  })

  test('so may what is below it, and a mutation that was refused so is asked again: it was not applied', async () => {
    bench.server.on('POST /v1/apps', json(201, {}))
    bench.server.on(
      'POST /v1/apps/a/secrets',
      refuse(401, 'Authenticate: token validation error'),
      notFound,
      json(200, { version: 3 }),
    )
    await bench.fly.apps.create({ name: 'a' })
    expect(await bench.fly.secrets.set('a', { K: 'v' })).toEqual({ version: 3 })
  })

  test('each time only if the caller still has a use for it', async () => {
    bench.server.on('POST /v1/apps', json(201, {}))
    bench.server.on('POST /v1/apps/a/secrets', notFound)
    await bench.fly.apps.create({ name: 'a' })
    let asked = 0
    const beforeRepeat = () => Promise.resolve(++asked < 3)
    const failure = await failureOf(bench.fly.secrets.set('a', { K: 'v' }, { beforeRepeat }))
    expect(failure.code).toBe('not_found')
    expect(bench.server.to('POST /v1/apps/a/secrets')).toHaveLength(3)
  })

  test('but not for longer than the window', async () => {
    bench.server.on('POST /v1/apps', json(201, {}))
    bench.server.on(GET, notFound)
    await bench.fly.apps.create({ name: 'a' })
    expect((await failureOf(bench.fly.apps.get('a', { deadlineMs: 300_000 }))).code).toBe('not_found')
    expect(bench.clock.elapsedMs).toBeGreaterThan(50_000)
    expect(bench.clock.elapsedMs).toBeLessThan(70_000)
  })

  test('and not once it has been seen', async () => {
    bench.server.on('POST /v1/apps', json(201, {}))
    bench.server.on(GET, app, notFound)
    await bench.fly.apps.create({ name: 'a' })
    await bench.fly.apps.get('a')
    await failureOf(bench.fly.apps.get('a'))
    expect(bench.server.to(GET)).toHaveLength(2)
  })

  test('nor for a caller who knows that somebody else may have deleted it', async () => {
    bench.server.on('POST /v1/apps', json(201, {}))
    bench.server.on(GET, notFound)
    await bench.fly.apps.create({ name: 'a' })
    expect((await failureOf(bench.fly.apps.get('a', { mayBeGone: true }))).code).toBe('not_found')
    expect(bench.server.to(GET)).toHaveLength(1)
  })

  test('nor once this client deleted it', async () => {
    bench.server.on('POST /v1/apps', json(201, {}))
    bench.server.on('DELETE /v1/apps/a', json(202))
    bench.server.on(GET, notFound)
    await bench.fly.apps.create({ name: 'a' })
    expect(await bench.fly.apps.delete('a')).toBe('accepted')
    await failureOf(bench.fly.apps.get('a'))
    expect(bench.server.to(GET)).toHaveLength(1)
  })

  test('a machine may answer 404, but its 401 is the truth', async () => {
    bench.server.on(`POST ${MACHINES}`, json(200, machineBody({ id: 'm' })))
    bench.server.on(`GET ${MACHINES}/m`, refuse(404, 'machine not found'), refuse(401, 'no'))
    await bench.fly.machines.create('a', { name: 'm-1', region: 'iad', config: {} })
    expect((await failureOf(bench.fly.machines.get('a', 'm'))).code).toBe('unauthorized')
    expect(bench.server.to(`GET ${MACHINES}/m`)).toHaveLength(2)
  })

  test.each([403, 409, 422, 429, 503])(
    'but its %i is the truth, and a mutation is still sent once',
    async (status) => {
      bench.server.on('POST /v1/apps', json(201, {}))
      bench.server.on('POST /v1/apps/a/secrets', refuse(status, 'no'))
      await bench.fly.apps.create({ name: 'a' })
      await failureOf(bench.fly.secrets.set('a', { K: 'v' }))
      expect(bench.server.to('POST /v1/apps/a/secrets')).toHaveLength(1)
    },
  )

  test('somebody else’s 404 and 401 are the truth at once', async () => {
    bench.server.on(GET, notFound)
    await failureOf(bench.fly.apps.get('a'))
    expect(bench.server.calls).toHaveLength(1)
  })
})
