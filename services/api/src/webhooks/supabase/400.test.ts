import { expect, test } from '@jest/globals'
import { postWebhook, signedHeaders, useApi } from '../../testing/harness.ts'

const api = useApi()

test.each(['', '{', 'null,', '{"type":"INSERT",}', '\u0000', 'tier=pro', '<xml/>'])(
  'signed, but no JSON: %j',
  async (body) => {
    const response = await postWebhook(api, body, {
      ...signedHeaders(body),
      'content-type': 'application/json',
    })
    expect(response.status).toBe(400)
    expect(response.body).toMatchObject({ code: 'bad_request', status: 400 })
  },
)
