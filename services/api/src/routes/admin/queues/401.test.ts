import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, serviceKey, useApi } from '../../../testing/harness.ts'

const api = useApi()

test('a browser without a session is led to the sign-in page', async () => {
  const response = await request(api.app).get('/admin/queues/').set('accept', 'text/html')
  expect(response.status).toBe(303)
  expect(response.headers['location']).toBe('/admin')
})

test.each(['/api/queues', '/static/js/main.js', '/anything'])('%s is closed', async (path) => {
  const response = await request(api.app).get(`/admin/queues${path}`).set('accept', 'application/json')
  expect(response.status).toBe(401)
})

test('only a session opens the board: no token, no key, no made-up cookie', async () => {
  const attempts = [await bearer('admin'), serviceKey, { cookie: 'hangar_session=eyJhbGciOiJub25lIn0.e30.' }]
  for (const headers of attempts) {
    const response = await request(api.app)
      .put('/admin/queues/api/queues/pause')
      .set({ ...headers, 'sec-fetch-site': 'same-origin' })
    expect(response.status).toBe(401)
  }
  expect(await api.queues.provision.isPaused()).toBe(false)
})
