import { randomUUID } from 'node:crypto'
import { systemClock } from '@hangar/core'
import { afterEach, expect, test } from '@jest/globals'
import {
  postWebhook,
  SERVICE_KEY,
  SHARED_SECRET,
  signedHeaders,
  subscriptionEvent,
  useApi,
} from '../../testing/harness.ts'

const api = useApi()
const body = subscriptionEvent(randomUUID())

afterEach(async () => {
  expect(await api.queues.provision.getJobCountByTypes('waiting', 'delayed')).toBe(0)
})

test.each<[string, Record<string, string>]>([
  ['nothing', {}],
  ['a signature of other bytes', signedHeaders(`${body} `)],
  ['a signature cut short', { ...signedHeaders(body), 'webhook-signature': 'v1,AAAA' }],
  ['a signature without its id', { ...signedHeaders(body), 'webhook-id': '' }],
  ['a wrong shared secret', { 'x-hangar-webhook-secret': `${SHARED_SECRET}!` }],
  ['the service key, which opens other doors', { apikey: SERVICE_KEY }],
])('%s: refused', async (_name, headers) => {
  const response = await postWebhook(api, body, headers)
  expect(response.status).toBe(401)
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(response.body).toMatchObject({
    code: 'bad_signature',
    status: 401,
    type: 'urn:hangar:problem:bad_signature',
  })
})

test.each([-301_000, 301_000, -86_400_000])('a delivery %i ms off: stale', async (ms) => {
  const at = new Date(systemClock.now().getTime() + ms)
  const response = await postWebhook(api, body, signedHeaders(body, at))
  expect(response.status).toBe(401)
  expect(response.body).toMatchObject({ code: 'stale_timestamp' })
})

test('who is not genuine is told so before what they sent is looked at', async () => {
  const response = await postWebhook(api, 'not json', {})
  expect(response.status).toBe(401)
})

test('neither secret nor signature is in the log', () => {
  expect(api.log.length).toBeGreaterThan(0)
  expect(api.log.join('\n')).not.toContain(SHARED_SECRET)
  expect(api.log.join('\n')).not.toMatch(/v1,|whsec_/)
})
