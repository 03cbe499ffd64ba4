import { expect, test } from '@jest/globals'
import request from 'supertest'
import { SERVICE_KEY, useApi } from '../../../testing/harness.ts'

const api = useApi()
const signIn = () => request(api.app).post('/admin/session')

test('a wrong credential: no cookie', async () => {
  const response = await signIn().send({ access_token: `${SERVICE_KEY}0` })
  expect(response.status).toBe(401)
  expect(response.get('set-cookie')).toBeUndefined()
  expect(response.body).toMatchObject({ code: 'unauthorized' })
})

test('a wrong credential in the form: the page again, saying so', async () => {
  const response = await signIn().type('form').send({ access_token: '<script>alert(1)</script>' })
  expect(response.status).toBe(401)
  expect(response.headers['content-type']).toMatch(/^text\/html/)
  expect(response.text).toContain('role="alert"')
  expect(response.text).not.toContain('<script>')
})

test('the credential is not in the log', () => {
  expect(api.log.join('')).not.toContain(SERVICE_KEY)
})
