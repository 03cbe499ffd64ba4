import { randomUUID } from 'node:crypto'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()
const cursor = (text: string) => `timeline?cursor=${Buffer.from(text).toString('base64url')}`

test.each([
  [cursor('yesterday event 1'), 'query.cursor'],
  [cursor('2026-03-01 00:00:00+00 alert 1'), 'query.cursor'],
  [cursor("2026-03-01 00:00:00+00 event 1'"), 'query.cursor'],
  ['timeline?limit=0', 'query.limit'],
  ['health?hours=0', 'query.hours'],
  ['health?hours=745', 'query.hours'],
  ['health?days=1', 'query'],
  ['costs?days=367', 'query.days'],
  ['costs?days=all', 'query.days'],
])('%s', async (what, field) => {
  const response = await request(api.app).get(`/v1/apps/${randomUUID()}/${what}`).set(serviceKey)
  expect(response.status).toBe(422)
  expect(response.body).toMatchObject({ errors: [{ field }] })
})
