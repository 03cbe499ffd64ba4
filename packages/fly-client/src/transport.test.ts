import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

import { afterEach, describe, expect, test } from '@jest/globals'
import { Agent } from 'undici'

import { hang, json, reset, text, truncated } from './testing/server.ts'
import { failureOf, useBench } from './testing/use.ts'

const GET = 'GET /v1/apps/a'
const CREATE = 'POST /v1/apps'

describe('one attempt on the wire', () => {
  const bench = useBench({ retry: { attempts: 1 }, timeoutMs: 2000 })
  const create = () => bench.fly.apps.create({ name: 'a' })

  test('a refused connection is network_before_send, and a mutation then certainly not applied', async () => {
    await bench.server.stop()
    const error = await failureOf(create())
    expect(error).toMatchObject({ code: 'network_before_send', retryable: true, ambiguous: false })
    expect(error.status).toBeUndefined()
    expect(error.cause).toMatchObject({ code: 'ECONNREFUSED' })
  })

  test('a name that does not resolve is network_before_send', async () => {
    const fly = bench.client({ baseUrl: 'http://nowhere.invalid' })
    expect((await failureOf(fly.apps.create({ name: 'a' }))).code).toBe('network_before_send')
  })

  test('a connection that breaks after the request is network_after_send, ambiguous of a mutation only', async () => {
    bench.server.on(CREATE, reset)
    bench.server.on(GET, reset)
    expect(await failureOf(create())).toMatchObject({ code: 'network_after_send', ambiguous: true })
    expect(await failureOf(bench.fly.apps.get('a'))).toMatchObject({
      code: 'network_after_send',
      ambiguous: false,
    })
  })

  test('a truncated answer is network_after_send and keeps the status', async () => {
    bench.server.on(CREATE, truncated('{"id":'))
    expect(await failureOf(create())).toMatchObject({
      code: 'network_after_send',
      ambiguous: true,
      status: 200,
    })
  })

  test('no answer in time is timeout, ambiguous of a mutation', async () => {
    bench.server.on(CREATE, hang)
    const error = await failureOf(bench.fly.apps.create({ name: 'a' }, { timeoutMs: 30 }))
    expect(error).toMatchObject({ code: 'timeout', retryable: true, ambiguous: true })
  })

  test('a body that trickles for ever ends with the attempt', async () => {
    bench.server.on(GET, (response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write(' '), 5)
      response.on('close', () => clearInterval(drip))
    })
    expect((await failureOf(bench.fly.apps.get('a', { timeoutMs: 60 }))).code).toBe('timeout')
  })

  test('a request that cannot be written is refused, not retried', async () => {
    const fly = bench.client({ retry: { attempts: 4 } })
    const error = await failureOf(fly.apps.get('a', { headers: { 'x-bad': 'a\r\nb' } }))
    expect(error).toMatchObject({ code: 'validation', ambiguous: false })
    expect(bench.clock.pauses).toEqual([])
  })

  test('a caller that has aborted before sends nothing', async () => {
    const error = await failureOf(
      bench.fly.apps.create({ name: 'a' }, { signal: AbortSignal.abort(new Error('stop')) }),
    )
    expect(error).toMatchObject({ code: 'aborted', ambiguous: false, cause: new Error('stop') })
    expect(bench.server.calls).toHaveLength(0)
  })

  test('a caller that aborts a mutation under way does not know whether it was applied', async () => {
    const abort = new AbortController()
    bench.server.on(CREATE, () => abort.abort())
    const error = await failureOf(bench.fly.apps.create({ name: 'a' }, { signal: abort.signal }))
    expect(error).toMatchObject({ code: 'aborted', ambiguous: true })
  })

  test('an answer over the limit is unexpected, and its connection is closed', async () => {
    const fly = bench.client({ maxBodyBytes: 1000 })
    const closed = Promise.withResolvers<undefined>()
    bench.server.on(GET, (response) => {
      response.on('close', () => closed.resolve(undefined))
      response.writeHead(200)
      response.write('x'.repeat(5000))
    })
    expect(await failureOf(fly.apps.get('a'))).toMatchObject({ code: 'unexpected_answer', status: 200 })
    await closed.promise
  })

  test('an error over the limit is cut and still understood', async () => {
    bench.server.on(GET, text(404, `not here ${'x'.repeat(200_000)}`))
    const error = await failureOf(bench.fly.apps.get('a'))
    expect(error.code).toBe('not_found')
    expect(error.body?.length).toBeLessThanOrEqual(2000)
  })

  test('a redirect is not followed', async () => {
    bench.server.on(GET, text(302, '', { location: 'http://evil.example/' }))
    expect(await failureOf(bench.fly.apps.get('a'))).toMatchObject({ code: 'unexpected_answer', status: 302 })
    expect(bench.server.calls).toHaveLength(1)
  })

  test.each([
    ['not JSON', text(200, '<html>')],
    ['a half of one', text(200, '{"name":')],
    ['nothing', text(200, '')],
    ['another type', json(200, { name: 7 })],
    ['a list instead of an object', json(200, [])],
  ])('%s instead of an app is unexpected', async (_, reply) => {
    bench.server.on(GET, reply)
    const error = await failureOf(bench.fly.apps.get('a'))
    expect(error).toMatchObject({ code: 'unexpected_answer', status: 200, retryable: true })
    expect(error.body).toBeUndefined()
  })

  test.each([
    ['nothing', text(200, '')],
    ['a page', text(200, '<html></html>')],
    ['a word', text(200, 'OK')],
  ])('%s instead of a list is unexpected, and never an empty list', async (_, reply) => {
    bench.server.otherwise(reply)
    expect((await failureOf(bench.fly.machines.list('a'))).code).toBe('unexpected_answer')
    expect((await failureOf(bench.fly.orgs.collectMachines())).code).toBe('unexpected_answer')
    expect((await failureOf(bench.fly.machines.listMetadata('a', 'm'))).code).toBe('unexpected_answer')
  })

  test('a mutation whose answer carries nothing takes an empty one or a word, but no page', async () => {
    const restart = () => bench.fly.machines.restart('a', 'm')
    bench.server.otherwise(text(200, ''))
    await restart()
    bench.server.otherwise(text(200, 'OK'))
    await restart()
    bench.server.otherwise(text(200, '<html></html>'))
    expect(await failureOf(restart())).toMatchObject({ code: 'unexpected_answer', ambiguous: true })
  })

  test('a server that does not speak HTTP is a network failure', async () => {
    const sockets: Socket[] = []
    const server = createServer((socket) => {
      sockets.push(socket)
      socket.end('SSH-2.0-OpenSSH_9.2\r\n')
    })
    await listen(server)
    const fly = bench.client({ baseUrl: urlOf(server) })
    expect((await failureOf(fly.apps.get('a'))).code).toMatch(/^network_/)
    server.close()
    for (const socket of sockets) socket.destroy()
  })
})

describe('waiting for a connection', () => {
  const bench = useBench()
  let agent: Agent
  afterEach(() => agent.destroy())

  test('a call given up before it got a connection was not sent, and is never sent later', async () => {
    agent = new Agent({ connections: 1, pipelining: 1 })
    const fly = bench.client({ dispatcher: agent })
    let release = () => {}
    bench.server.on(GET, (response) => (release = () => void response.end('{"name":"a"}')))
    const first = fly.apps.get('a')
    while (bench.server.calls.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const error = await failureOf(fly.apps.create({ name: 'b' }, { timeoutMs: 20 }))
    expect(error).toMatchObject({ code: 'timeout', ambiguous: false })
    release()
    await first
    await fly.apps.get('a', { timeoutMs: 50, attempts: 1 }).catch(() => {})
    expect(bench.server.to(CREATE)).toHaveLength(0)
  })
})

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
