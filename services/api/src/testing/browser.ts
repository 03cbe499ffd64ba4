import request from 'supertest'
import { accessToken, SERVICE_KEY, type TestApi } from './harness.ts'
import type { Role } from '../auth/caller.ts'

/** A signed-in browser's headers: its cookie, and what browsers say about where a request comes from. */
export async function signedIn(
  api: TestApi,
  who: Role | 'key',
): Promise<{ cookie: string; 'sec-fetch-site': string }> {
  const credential = who === 'key' ? SERVICE_KEY : await accessToken(who)
  const response = await request(api.app).post('/admin/session').send({ access_token: credential })
  const [cookie] = response.get('set-cookie') ?? []
  return { cookie: cookie?.split(';')[0] ?? '', 'sec-fetch-site': 'same-origin' }
}
