import { createAdmin } from '@hangar/testkit'
import request from 'supertest'
import { accessToken, SERVICE_KEY, type TestApi } from './harness.ts'
import type { Role } from '../auth/caller.ts'

/** What a signed-in browser sends: its cookie, the page's token for changes, and where a request comes from. */
export type BrowserHeaders = { cookie: string; 'x-csrf-token': string; 'sec-fetch-site': string }

/** Headers of somebody who has just signed in: a new person with that role, or whoever has the service key. */
export async function signedIn(
  api: TestApi,
  who: Role | 'key',
  claims: Record<string, unknown> = {},
): Promise<BrowserHeaders> {
  if (who === 'key') return signInWith(api, SERVICE_KEY)
  const { userId, email } = await createAdmin(api.db, who)
  return signInWith(api, await accessToken(who, { sub: userId, email, ...claims }))
}

export async function signInWith(api: TestApi, credential: string): Promise<BrowserHeaders> {
  const response = await request(api.app).post('/admin/session').send({ access_token: credential })
  const [cookie] = response.get('set-cookie') ?? []
  const { csrf_token: csrfToken } = response.body as { csrf_token: string }
  return {
    cookie: cookie?.split(';')[0] ?? '',
    'x-csrf-token': csrfToken,
    'sec-fetch-site': 'same-origin',
  }
}
