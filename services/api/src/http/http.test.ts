/** What every answer has in common, whatever the endpoint. */
import { randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../testing/harness.ts'

const api = useApi()
const provision = () => request(api.app).post('/functions/v1/provision-user-fly-app').set(serviceKey)

describe('bodies', () => {
  test('malformed JSON: 400', async () => {
    const response = await provision().set('content-type', 'application/json').send('{"user_id":')
    expect(response.status).toBe(400)
    expect(response.body).toMatchObject({ code: 'bad_request' })
  })

  test('too large: 413', async () => {
    const response = await provision().send({ user_id: randomUUID(), padding: 'x'.repeat(70_000) })
    expect(response.status).toBe(413)
  })

  test.each(['5', '[]', 'null', '"text"'])('%s where an object belongs: 422', async (body) => {
    const response = await provision().set('content-type', 'application/json').send(body)
    expect(response.status).toBe(422)
  })

  test('a charset nobody knows: 415', async () => {
    const response = await provision().set('content-type', 'application/json; charset=klingon').send('{}')
    expect(response.status).toBe(415)
  })
})

describe('addresses', () => {
  test.each(['/', '/v2/apps', '/v1', '/functions/v1', '/.env'])('%s is nothing: 404', async (path) => {
    const response = await request(api.app).get(path)
    expect(response.status).toBe(404)
    expect(response.body).toMatchObject({ code: 'not_found' })
  })

  test('a broken escape: 400', async () => {
    const response = await request(api.app).get('/v1/apps/%zz').set(serviceKey)
    expect(response.status).toBe(400)
  })

  test('a path under another method: 405, and which it takes', async () => {
    const response = await request(api.app).delete('/v1/apps').set(serviceKey)
    expect(response.status).toBe(405)
    expect(response.headers['allow']).toBe('GET')
  })
})

describe('headers', () => {
  test("a caller's request id is kept when it is harmless, and replaced when it is not", async () => {
    const kept = await request(api.app).get('/healthz').set('x-request-id', 'trace-1.2_3')
    expect(kept.headers['x-request-id']).toBe('trace-1.2_3')
    const replaced = await request(api.app).get('/healthz').set('x-request-id', 'a b"c')
    expect(replaced.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('nothing may be framed, sniffed, loaded from elsewhere or stand in the page itself', async () => {
    const { headers } = await request(api.app).get('/admin')
    expect(headers['content-security-policy']?.split(';').sort()).toEqual([
      "base-uri 'none'",
      "connect-src 'self'",
      "default-src 'none'",
      "font-src 'self' data:",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "img-src 'self' data:",
      "manifest-src 'self'",
      "script-src 'self'",
      "style-src 'self'",
    ])
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['x-powered-by']).toBeUndefined()
  })
})
