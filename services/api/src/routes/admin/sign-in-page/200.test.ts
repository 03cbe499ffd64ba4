import { expect, test } from '@jest/globals'
import request from 'supertest'
import { signedIn } from '../../../testing/browser.ts'
import { useApi } from '../../../testing/harness.ts'

const api = useApi()

test('a stranger sees the form; it works without scripts and loads nothing', async () => {
  const response = await request(api.app).get('/admin')
  expect(response.status).toBe(200)
  expect(response.headers['cache-control']).toBe('no-store')
  expect(response.text).toContain('<form method="post" action="/admin/session">')
  expect(response.text).not.toMatch(/<script|src=|https?:/)
})

test('who is signed in sees as whom, and the way out', async () => {
  const response = await request(api.app)
    .get('/admin')
    .set(await signedIn(api, 'operator'))
  expect(response.text).toMatch(/Signed in as user:[0-9a-f-]{36} \(operator\)/)
  expect(response.text).toContain('action="/admin/sign-out"')
})
