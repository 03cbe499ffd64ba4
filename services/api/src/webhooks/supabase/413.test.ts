import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { postWebhook, signedHeaders, subscriptionEvent, useApi } from '../../testing/harness.ts'

const api = useApi()
const withPadding = (bytes: number) => subscriptionEvent(randomUUID(), 'pro', { padding: 'x'.repeat(bytes) })

test('a body over the limit is refused, signed or not', async () => {
  const body = withPadding(256 * 1024)
  for (const headers of [signedHeaders(body), {}]) {
    const response = await postWebhook(api, body, headers)
    expect(response.status).toBe(413)
    expect(response.body).toMatchObject({ code: 'payload_too_large' })
  }
})

test('a large one under the limit is not', async () => {
  const response = await postWebhook(api, withPadding(200 * 1024))
  expect(response.status).toBe(202)
})
