/**
 * Who may call what, for every declared route that is not open to anyone: 401 for who is not known, 403 for who is known but may not, and
 * for who may, anything else. A new route is in this test as soon as it is in `routes`.
 */
import { randomUUID } from 'node:crypto'
import { createUser } from '@hangar/testkit'
import { beforeAll, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { ROLES } from '../auth/caller.ts'
import type { Route } from '../http/route.ts'
import {
  appHeaders,
  bearer,
  createAppRow,
  ISSUER,
  SERVICE_KEY,
  SHARED_TOKEN,
  serviceKey,
  useApi,
} from '../testing/harness.ts'
import { routes } from './index.ts'

const api = useApi()

type Headers = Record<string, string>

const LONG_AGO = 1_000_000_000
const people = {
  customer: () => bearer(null),
  anonymous: () => bearer('admin', { is_anonymous: true }),
  oauthClient: () => bearer('admin', { client_id: randomUUID() }),
  viewer: () => bearer('viewer'),
  operator: () => bearer('operator'),
  admin: () => bearer('admin'),
}
const strangers = {
  nobody: () => ({}),
  malformed: () => ({ authorization: 'Bearer nonsense' }),
  expired: () => bearer('admin', { exp: LONG_AGO }),
  otherProject: () => bearer('admin', { iss: ISSUER.replace('ref', 'other') }),
  almostTheSharedToken: () => ({ authorization: `Bearer ${SHARED_TOKEN}0` }),
  almostTheKey: () => ({ apikey: `${SERVICE_KEY}0` }),
}

const shared = { authorization: `Bearer ${SHARED_TOKEN}` }

let app: Headers
beforeAll(async () => {
  const { userId } = await createUser(api.db, { tier: 'pro' })
  app = appHeaders(api, await createAppRow(api.db, userId))
})

/** A request that nothing is wrong with but, perhaps, who sends it: about a user nobody knows. */
async function statusFor(route: Pick<Route, 'method' | 'path'>, headers: Headers): Promise<number> {
  const path = route.path.replace(':userId', randomUUID())
  const call = request(api.app)[route.method](path).set(headers)
  const response = await (route.method === 'get' ? call : call.send({ user_id: randomUUID() }))
  return response.status
}

const guarded = routes.flatMap(({ access, ...route }) =>
  access === 'anyone' || access === 'sender' || access === 'session' ? [] : [{ ...route, access }],
)

describe.each(guarded.map((route) => [route.method, route.path, route] as const))(
  '%s %s',
  (_method, _path, route) => {
    test.each(Object.entries(strangers))('%s is not known', async (_who, headers) => {
      expect(await statusFor(route, await Promise.resolve(headers()))).toBe(401)
    })

    test.each(Object.entries(people))('%s', async (who, headers) => {
      const role = ROLES.find((one) => one === who)
      const status = await statusFor(route, await headers())
      if (route.access === 'app' || route.access === 'shared') expect(status).toBe(401)
      else if (role && ROLES.indexOf(role) >= ROLES.indexOf(route.access))
        expect([401, 403]).not.toContain(status)
      else expect(status).toBe(403)
    })

    test('the service key opens all but the shim; the shim opens for those whom each call is for', async () => {
      const opens = async (headers: Headers) => (await statusFor(route, headers)) !== 401
      const isShim = route.access === 'app' || route.access === 'shared'
      expect(await opens(serviceKey)).toBe(!isShim)
      expect(await opens(app)).toBe(route.access === 'app')
      expect(await opens(shared)).toBe(route.access === 'shared')
    })
  },
)

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
