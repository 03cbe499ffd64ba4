import { afterEach, describe, expect, test } from '@jest/globals'
import { createMetrics, startOpsServer, type Checks, type OpsServer } from './index.ts'

let server: OpsServer | undefined

async function serve(checks: Checks): Promise<(path: string, init?: RequestInit) => Promise<Response>> {
  const registry = createMetrics({ service: 'worker' })
  server = await startOpsServer({ port: 0, host: '127.0.0.1', checks, registry })
  return (path, init) => fetch(`http://127.0.0.1:${server?.port ?? 0}${path}`, init)
}

afterEach(async () => {
  await server?.close()
})

const fine = () => Promise.resolve()

describe('the operations server', () => {
  test('is healthy while it runs, whatever the checks say', async () => {
    const get = await serve({ database: () => Promise.reject(new Error('down')) })
    const response = await get('/healthz')
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }])
  })

  test('is ready when every check passes', async () => {
    const get = await serve({ database: fine, redis: fine })
    const response = await get('/readyz')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'ok', checks: { database: 'ok', redis: 'ok' } })
  })

  test('is not ready when one fails, and says which, not why', async () => {
    const get = await serve({ database: fine, redis: () => Promise.reject(new Error('password is hunter2')) })
    const response = await get('/readyz')
    expect(response.status).toBe(503)
    expect(await response.json()).toEqual({
      status: 'not ready',
      checks: { database: 'ok', redis: 'failed' },
    })
  })

  test('a check that never answers is a failed one', async () => {
    const get = await serve({ redis: () => new Promise(() => {}) })
    expect((await get('/readyz')).status).toBe(503)
  })

  test('gives its metrics to Prometheus', async () => {
    const get = await serve({})
    const response = await get('/metrics')
    expect(response.headers.get('content-type')).toContain('text/plain')
    expect(await response.text()).toMatch(/^hangar_build_info\{version="\d+\.\d+\.\d+",node="v24/m)
  })

  test('answers 404 and 405 for the rest', async () => {
    const get = await serve({})
    expect((await get('/other')).status).toBe(404)
    expect((await get('/healthz', { method: 'POST' })).status).toBe(405)
  })
})
