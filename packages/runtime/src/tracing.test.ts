import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { createLogger } from './logger.ts'
import { traceInMemory } from './testing/spans.ts'
import { NO_TRACING, startTracing } from './tracing.ts'

const REMOTE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const logger = createLogger({ service: 'test', level: 'silent' })
const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

describe('spans', () => {
  test('lie in the one that they run in, across whatever is awaited', async () => {
    const { tracing, spans } = traceInMemory('test')
    await tracing.span(
      'outer',
      { kind: 'server', attributes: { a: 1, left_out: undefined } },
      async (span) => {
        await Promise.resolve()
        await Promise.all([
          tracing.span('one', {}, () => Promise.resolve()),
          tracing.span('two', {}, () => {
            tracing.past('call', { kind: 'client', durationMs: 20 })
            return Promise.resolve()
          }),
        ])
        span.set({ b: 'later' })
      },
    )
    const found = Object.fromEntries(spans().map((span) => [span.name, span]))
    expect(found['one']?.parentId).toBe(found['outer']?.spanId)
    expect(found['call']?.parentId).toBe(found['two']?.spanId)
    expect(found['outer']).toMatchObject({
      parentId: undefined,
      kind: 'SERVER',
      attributes: { a: 1, b: 'later' },
    })
    expect(new Set(spans().map(({ traceId }) => traceId)).size).toBe(1)
    const call = found['call']
    expect((call?.endMs ?? 0) - (call?.startMs ?? 0)).toBeGreaterThan(19)
  })

  test('go on in a trace from elsewhere; a header that is none begins one', async () => {
    const { tracing, spans } = traceInMemory('test')
    const heads: (string | undefined)[] = []
    for (const parent of [REMOTE, `${REMOTE}-`, '00-00000000000000000000000000000000-b7ad6b7169203331-01'])
      await tracing.span('s', { parent }, () => Promise.resolve(heads.push(tracing.traceparent())))
    expect(spans().map(({ parentId }) => parentId)).toEqual(['b7ad6b7169203331', undefined, undefined])
    expect(heads[0]).toMatch(/^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/)
    expect(tracing.traceparent()).toBeUndefined()
  })

  test('what was thrown goes on being thrown, and stands there without its secrets', async () => {
    const { tracing, spans } = traceInMemory('test')
    const error = Object.assign(new Error('refused: Bearer abc.def'), { code: 'unauthorized' })
    await expect(tracing.span('s', {}, () => Promise.reject(error))).rejects.toBe(error)
    expect(spans()[0]).toMatchObject({
      error: 'refused: Bearer [redacted]',
      attributes: { 'error.type': 'unauthorized' },
    })
  })
})

describe('where traces go', () => {
  test('nowhere unless an address is set, and everything runs the same', async () => {
    const tracing = await startTracing('test', {}, logger)
    expect(tracing).toBe(NO_TRACING)
    expect(
      await tracing.span('s', { parent: REMOTE }, () => Promise.resolve(tracing.traceparent() ?? 'none')),
    ).toBe('none')
  })

  test('to the collector, with its headers; what is left at the end is sent', async () => {
    const got = Promise.withResolvers<{ url: string; key: unknown; names: string[]; service: string }>()
    const url = await listen((request, body) => {
      const { resourceSpans } = JSON.parse(body) as Export
      const names = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
      const service = resourceSpans[0]?.resource.attributes.find(({ key }) => key === 'service.name')
      got.resolve({
        url: request.url,
        key: request.headers['x-key'],
        names: names.map(({ name }) => name),
        service: service?.value.stringValue ?? '',
      })
    })
    const config = { OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/`, OTEL_EXPORTER_OTLP_HEADERS: { 'x-key': 'k' } }
    const tracing = await startTracing('worker', config, logger)
    await tracing.span('reconcile', {}, () => Promise.resolve())
    await tracing.close()
    expect(await got.promise).toEqual({
      url: '/v1/traces',
      key: 'k',
      names: ['reconcile'],
      service: 'hangar-worker',
    })
  })

  test('a collector that is away costs nothing but its traces', async () => {
    const config = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }
    const tracing = await startTracing('worker', config, logger)
    expect(await tracing.span('s', {}, () => Promise.resolve(7))).toBe(7)
    await tracing.close()
  }, 20_000)
})

type Export = {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue: string } }[] }
    scopeSpans: { spans: { name: string }[] }[]
  }[]
}
type Seen = { url: string; headers: Record<string, unknown> }

async function listen(onRequest: (request: Seen, body: string) => void): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      onRequest({ url: request.url ?? '', headers: request.headers }, Buffer.concat(chunks).toString())
      response.end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise((resolve) => server.close(resolve)))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
