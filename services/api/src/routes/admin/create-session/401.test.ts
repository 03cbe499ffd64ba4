import { expect, test } from '@jest/globals'
import request from 'supertest'
import { SERVICE_KEY, useApi } from '../../../testing/harness.ts'

const api = useApi()

test.each([`${SERVICE_KEY}0`, 'nonsense', 'eyJ.eyJ.x'])(
  '%s: no cookie, and it is not in the log',
  async (token) => {
    const response = await request(api.app).post('/admin/session').send({ access_token: token })
    expect(response.status).toBe(401)
    expect(response.get('set-cookie')).toBeUndefined()
    expect(response.body).toMatchObject({ code: 'unauthorized' })
    expect(api.log.join('')).not.toContain(token)
  },
)
