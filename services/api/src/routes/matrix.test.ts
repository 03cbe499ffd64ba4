/**
 * Every endpoint × every kind of caller: the status that the matrix says (testing/matrix.ts). Whatever is mounted and
 * has no row there fails, and so does a row of something that is no more.
 */
import { Agent, createServer, request as send, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { startAuthStandIn } from '@hangar/testkit'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import request from 'supertest'
import { ISSUER, JWT_SECRET, SERVICE_KEY, useApi } from '../testing/harness.ts'
import { BODY, createCallers } from '../testing/matrix-callers.ts'
import { PAGES, ROWS, VERDICTS, type Verdict } from '../testing/matrix.ts'
import { allRoutes } from './index.ts'

const standIn = await startAuthStandIn({ connectionString: () => api.databaseUrl })
const keysUrl = `${standIn.issuer}/.well-known/jwks.json`
const api = useApi({
  deps: { auth: { jwtSecrets: [JWT_SECRET], serviceRoleKeys: [SERVICE_KEY], issuer: ISSUER, keysUrl } },
})

let server: Server
let origin = ''
let headersOf: Map<string, Record<string, string>>

beforeAll(async () => {
  // One server and connections that are kept: an endpoint has some forty callers.
  server = createServer(api.express as RequestListener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const callers = Object.entries(await createCallers(api, standIn))
  headersOf = new Map(await Promise.all(callers.map(async ([name, make]) => [name, await make()] as const)))
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
  await standIn.stop()
})

const agent = new Agent({ keepAlive: true, maxSockets: 8 })
afterAll(() => agent.destroy())

/** A request about nobody. What it is refused with may not tell where in our code. */
function ask(endpoint: string, headers: Record<string, string>): Promise<number> {
  const [method = '', path = ''] = endpoint.split(' ')
  const url =
    origin + path.replace(':userId', '00000000-0000-4000-8000-000000000001').replaceAll(/:\w+/g, '1')
  const body = method === 'get' ? '' : BODY
  return new Promise((resolve, reject) => {
    const asked = send(url, {
      method: method.toUpperCase(),
      agent,
      headers: { ...headers, 'content-type': 'application/json', 'content-length': body.length },
    })
    asked.on('error', reject)
    asked.on('response', (response) => {
      const { statusCode: status = 0 } = response
      // A stream has no end.
      if (status < 400) {
        response.destroy()
        resolve(status)
        return
      }
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        if (TELLS_TOO_MUCH.test(Buffer.concat(chunks).toString('utf8')))
          reject(new Error(`${endpoint} shows a stack`))
        else resolve(status)
      })
    })
    asked.end(body)
  })
}
const TELLS_TOO_MUCH = /^\s+at |\.ts:\d|node_modules/m

test('every endpoint has its row, and every row its endpoint', () => {
  const declared = allRoutes.map(({ method, path }) => `${method} ${path}`)
  expect(Object.keys(ROWS).sort()).toEqual([...declared, ...PAGES].sort())
  expect([...headersOf.keys()].sort()).toEqual([...(VERDICTS.get('viewer')?.keys() ?? [])].sort())
})

test.each(Object.entries(ROWS))('%s', async (endpoint, { column, then }) => {
  const statusOf = (verdict: Verdict) => {
    if (verdict === 'write') return endpoint.startsWith('get ') ? then : 403
    return verdict === 'in' ? then : verdict
  }
  const expected = [...(VERDICTS.get(column) ?? [])].map(([who, verdict]) => [who, statusOf(verdict)])
  const found = await Promise.all(
    expected.map(async ([who]) => [who, await ask(endpoint, headersOf.get(String(who)) ?? {})]),
  )
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected))
})

test('a refusal names the scheme, and is a problem document', async () => {
  const response = await request(api.app).get('/v1/apps')
  expect(response.headers['www-authenticate']).toMatch(/^Bearer/)
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(response.body).toEqual({
    type: 'urn:hangar:problem:unauthorized',
    title: 'Sign in first.',
    status: 401,
    code: 'unauthorized',
    request_id: response.headers['x-request-id'],
  })
})
