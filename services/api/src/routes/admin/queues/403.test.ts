import { listAudit } from '@hangar/db'
import { describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { signedIn } from '../../../testing/browser.ts'
import { useApi } from '../../../testing/harness.ts'

const api = useApi()

const actions = [
  ['put', '/api/queues/pause'],
  ['put', '/api/queues/provision/pause'],
  ['put', '/api/queues/provision/empty'],
  ['put', '/api/queues/provision/obliterate'],
  ['put', '/api/queues/provision/clean/failed'],
  ['post', '/api/queues/provision/add'],
  ['patch', '/api/queues/provision/some-job/update-data'],
] as const

describe.each(['viewer', 'operator'] as const)('%s', (role) => {
  test.each(actions)('%s %s does nothing, and the try is in the audit log', async (method, path) => {
    const headers = await signedIn(api, role)
    const response = await request(api.app)[method](`/admin/queues${path}`).set(headers).send({})
    expect(response.status).toBe(403)
    expect(await api.queues.provision.isPaused()).toBe(false)
    expect(await api.queues.provision.getJobCountByTypes('waiting', 'delayed')).toBe(0)
    const [latest] = await listAudit(api.db, { limit: 1 })
    expect(latest).toMatchObject({
      action: `queues: ${method.toUpperCase()} ${path}`,
      after: { allowed: false },
    })
  })
})

test("an admin's cookie does nothing for another site", async () => {
  const { cookie } = await signedIn(api, 'admin')
  for (const from of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'https://evil.test' }]) {
    const response = await request(api.app)
      .put('/admin/queues/api/queues/pause')
      .set({ cookie, ...from })
    expect(response.status).toBe(403)
  }
  expect(await api.queues.provision.isPaused()).toBe(false)
})
