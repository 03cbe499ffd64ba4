import { randomUUID } from 'node:crypto'
import { afterEach, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { postWebhook, subscriptionEvent, useApi } from '../../testing/harness.ts'

// The same values each time: a test that fails fails for everybody.
fc.configureGlobal({ seed: 20_260_301 })

const api = useApi()
const userId = randomUUID()
const event = (extra: Record<string, unknown>) => subscriptionEvent(userId, 'pro', extra)

afterEach(async () => {
  expect(await api.queues.provision.getJobCountByTypes('waiting', 'delayed')).toBe(0)
})

test.each<[string, string, string]>([
  ['no object', '[]', 'body'],
  ['a bare word', '"pro"', 'body'],
  ['null', 'null', 'body'],
  ['no type', event({ type: undefined }), 'type'],
  ['a type that triggers do not send', event({ type: 'TRUNCATE' }), 'type'],
  ['a table that is no name', event({ table: 7 }), 'table'],
  ['no schema', event({ schema: undefined }), 'schema'],
  ['no record', event({ record: undefined }), 'record'],
  ['a null record', event({ record: null }), 'record'],
  ['a record that is a list', event({ record: [userId] }), 'record'],
  ['a user that is no UUID', event({ record: { user_id: 'bob', tier: 'pro' } }), 'record.user_id'],
  ['a user that is nobody', event({ record: { tier: 'pro' } }), 'record.user_id'],
  ['an injection', event({ record: { user_id: `${userId}'; --`, tier: 'pro' } }), 'record.user_id'],
  ['a tier that is a number', event({ record: { user_id: userId, tier: 5 } }), 'record.tier'],
  ['a DELETE without the old row', event({ type: 'DELETE', old_record: null }), 'old_record'],
  ['a DELETE of a row without a user', event({ type: 'DELETE', old_record: {} }), 'old_record.user_id'],
])('%s is named', async (_name, body, field) => {
  const response = await postWebhook(api, body)
  expect(response.status).toBe(422)
  expect(response.headers['content-type']).toMatch(/^application\/problem\+json/)
  expect(response.body).toMatchObject({
    code: 'validation_failed',
    errors: [expect.objectContaining({ field })],
  })
})

test('whatever JSON is signed and sent, the answer is 202 or 422', async () => {
  const hostile = fc.oneof(fc.jsonValue(), fc.record({ type: fc.constant('UPDATE'), record: fc.jsonValue() }))
  await fc.assert(
    fc.asyncProperty(hostile, async (value) => {
      const { status } = await postWebhook(api, JSON.stringify(value))
      expect([202, 422]).toContain(status)
    }),
    { numRuns: 60 },
  )
})
