import { listAudit } from '@hangar/db'
import { createAdmin } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { signedIn, signInWith } from '../../../testing/browser.ts'
import { accessToken, useApi } from '../../../testing/harness.ts'

describe('204', () => {
  const api = useApi()
  const EMPTY = /^hangar_session=; Max-Age=0; Path=\/;/

  const statusOf = async (headers: Record<string, string>) =>
    (await request(api.app).get('/v1/apps').set(headers)).status

  test('the session is over on the server too, and that is in the audit log', async () => {
    const headers = await signedIn(api, 'admin')
    expect(await statusOf(headers)).toBe(200)
    const response = await request(api.app).delete('/admin/session').set(headers)
    expect(response.status).toBe(204)
    expect(response.get('set-cookie')).toEqual([expect.stringMatching(EMPTY)])
    expect(await statusOf(headers)).toBe(401)
    const [latest] = await listAudit(api.db, { limit: 1 })
    expect(latest).toMatchObject({ action: 'session.end', after: { ended: 1, everywhere: false } })
  })

  test('in every browser of the same person, and of nobody else', async () => {
    const { userId } = await createAdmin(api.db, 'operator')
    const token = await accessToken('operator', { sub: userId })
    const [here, there] = [await signInWith(api, token), await signInWith(api, token)]
    const stranger = await signedIn(api, 'operator')
    expect((await request(api.app).delete('/admin/session?everywhere=true').set(here)).status).toBe(204)
    expect([await statusOf(here), await statusOf(there), await statusOf(stranger)]).toEqual([401, 401, 200])
  })

  test('without a session, or with one that is over: the cookie is emptied all the same', async () => {
    const over = await signedIn(api, 'viewer')
    await request(api.app).delete('/admin/session').set(over)
    for (const headers of [over, {}]) {
      const response = await request(api.app).delete('/admin/session').set(headers)
      expect(response.status).toBe(204)
      expect(response.get('set-cookie')).toEqual([expect.stringMatching(EMPTY)])
    }
  })
})

describe('403', () => {
  const api = useApi()

  test.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a page without the token', { 'x-csrf-token': '' }],
  ])('%s cannot sign a visitor out', async (_who, change) => {
    const headers = await signedIn(api, 'viewer')
    const response = await request(api.app)
      .delete('/admin/session')
      .set({ ...headers, ...change })
    expect(response.status).toBe(403)
    expect(response.body).toMatchObject({ code: 'csrf_failed' })
    expect((await request(api.app).get('/admin/session').set(headers)).status).toBe(200)
  })
})
