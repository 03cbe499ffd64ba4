import { describe, expect, test } from '@jest/globals'

import { hang, json, refuse, reset, text } from '../testing/server.ts'
import { failureOf, useBench } from '../testing/use.ts'

const CREATE = 'POST /v1/apps'
const GET = 'GET /v1/apps/a'
const LIST = 'GET /v1/apps'
const taken = refuse(422, 'Validation failed: Name has already been taken', { status: 'name_taken' })
const notFound = refuse(404, 'not found')
const app = (changes: Record<string, unknown> = {}) =>
  json(200, { id: '1', name: 'a', organization: { slug: 'acme' }, network: 'net-a', ...changes })

describe('ensureApp', () => {
  const bench = useBench()
  const ensure = (adopt?: () => boolean) =>
    bench.fly.ensureApp({ name: 'a', network: 'net-a', ...(adopt && { adopt }) })

  test('creates', async () => {
    bench.server.on(CREATE, json(201, {}))
    expect(await ensure()).toEqual({ name: 'a', outcome: 'created' })
    expect(bench.server.calls).toHaveLength(1)
  })

  test.each([
    ['taken', taken],
    ['taken, as a conflict', refuse(409, 'app already exists')],
    ['taken, perhaps', refuse(422, 'uniqueness constraint violated')],
    ['answered by 502', refuse(502, '')],
    ['answered by 408', refuse(408, '')],
    ['broken off after it was applied', reset],
    ['answered with nonsense', text(200, '{"id":', { 'content-length': '99' })],
  ])('adopts what is ours after a create that was %s', async (_, reply) => {
    bench.server.on(CREATE, reply)
    bench.server.on(GET, app())
    const fly = bench.client({ timeoutMs: 200 })
    expect(await fly.ensureApp({ name: 'a', network: 'net-a' })).toEqual({ name: 'a', outcome: 'adopted' })
    expect(bench.server.to(CREATE)).toHaveLength(1)
  })

  test('adopts after a create that hung', async () => {
    bench.server.on(CREATE, hang)
    bench.server.on(GET, app())
    const adopted = await bench.fly.ensureApp({ name: 'a' }, { timeoutMs: 30 })
    expect(adopted.outcome).toBe('adopted')
  })

  test('creates again where the ambiguous create left nothing', async () => {
    bench.server.on(CREATE, reset, json(201, {}))
    bench.server.on(GET, notFound)
    expect((await ensure()).outcome).toBe('created')
    expect(bench.server.to(CREATE)).toHaveLength(2)
  })

  test('creates again without a look where nothing was sent or applied', async () => {
    bench.server.on(CREATE, refuse(429, ''), json(201, {}))
    expect((await ensure()).outcome).toBe('created')
    expect(bench.server.to(GET)).toHaveLength(0)
  })

  test('looks up the network in the list where the app itself does not tell it', async () => {
    bench.server.on(CREATE, taken)
    bench.server.on(GET, app({ network: undefined }))
    bench.server.on(
      LIST,
      json(200, {
        apps: [
          { name: 'b', network: 'net-b' },
          { name: 'a', network: 'net-a' },
        ],
      }),
    )
    expect((await ensure()).outcome).toBe('adopted')
    bench.server.on(LIST, json(200, { apps: [{ name: 'a', network: 'another' }] }))
    expect((await failureOf(ensure())).code).toBe('name_taken')
    const down = Array.from({ length: 6 }, () => refuse(502, ''))
    bench.server.on(LIST, ...down, json(200, { apps: [{ name: 'a', network: 'net-a' }] }))
    expect((await ensure()).outcome).toBe('adopted')
  })

  test('an app that does not tell its organisation is ours only if our organisation lists it', async () => {
    bench.server.on(CREATE, taken)
    bench.server.on(GET, app({ organization: undefined }))
    bench.server.on(LIST, json(200, { apps: [{ name: 'a', network: 'net-a' }] }))
    expect((await ensure()).outcome).toBe('adopted')
    bench.server.on(LIST, json(200, { apps: [{ name: 'b', network: 'net-a' }] }))
    expect((await failureOf(ensure())).code).toBe('name_taken')
  })

  test.each([
    ['an organisation that we cannot see', refuse(403, 'forbidden')],
    ['another organisation of ours', app({ organization: { slug: 'other' } })],
    ['another network', app({ network: 'net-b' })],
  ])('never adopts an app of %s, and does not loop', async (_, reply) => {
    bench.server.on(CREATE, taken)
    bench.server.on(GET, reply)
    expect(await failureOf(ensure())).toMatchObject({
      code: 'name_taken',
      operation: 'apps.create',
      retryable: false,
    })
    expect(bench.server.to(CREATE)).toHaveLength(1)
  })

  test('never adopts what the caller refuses', async () => {
    bench.server.on(CREATE, reset)
    bench.server.on(GET, app())
    expect(await failureOf(ensure(() => false))).toMatchObject({
      code: 'name_taken',
      cause: { code: 'network_after_send' },
    })
  })

  test('taken but not to be seen yet: looks again for a minute, then gives up', async () => {
    bench.server.on(CREATE, taken)
    bench.server.on(GET, notFound, refuse(401, 'Unauthorized'), notFound, app())
    expect((await ensure()).outcome).toBe('adopted')
    bench.server.on(GET, notFound)
    const before = bench.clock.elapsedMs
    expect((await failureOf(ensure())).code).toBe('name_taken')
    expect(bench.clock.elapsedMs - before).toBeLessThan(70_000)
  })

  test('a 422 that is a real one stays one', async () => {
    bench.server.on(
      CREATE,
      refuse(422, 'Validation failed: Name under 63 chars using numbers, lowercase letters and dashes'),
    )
    expect((await failureOf(ensure())).code).toBe('validation')
    expect(bench.server.calls).toHaveLength(1)
  })

  test('ends with the last error at the deadline', async () => {
    bench.server.otherwise(refuse(503, 'down'))
    const fly = bench.client({ breaker: false })
    const error = await failureOf(fly.ensureApp({ name: 'a' }, { deadlineMs: 30_000 }))
    expect(error.code).toBe('unavailable')
    expect(bench.clock.elapsedMs).toBeLessThanOrEqual(30_000)
  })

  test('ends when it is aborted', async () => {
    const abort = new AbortController()
    bench.server.on(CREATE, refuse(429, ''))
    const fly = bench.client({ hooks: { onCall: () => abort.abort(new Error('stop')) } })
    expect(await failureOf(fly.ensureApp({ name: 'a' }, { signal: abort.signal }))).toMatchObject({
      code: 'aborted',
      cause: new Error('stop'),
    })
  })
})
