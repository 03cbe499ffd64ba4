import { randomUUID } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { signedHeaders, subscriptionEvent, useApi } from '../../testing/harness.ts'

const api = useApi()

test('a compressed body is refused: what was signed is what came over the wire', async () => {
  const body = subscriptionEvent(randomUUID())
  const response = await request(api.app)
    .post('/webhooks/supabase')
    .set({ ...signedHeaders(body), 'content-encoding': 'gzip' })
    .serialize((buffer) => buffer as string)
    .send(gzipSync(body))
  expect(response.status).toBe(415)
  expect(response.body).toMatchObject({ code: 'unsupported_media_type' })
})
