import { randomUUID } from 'node:crypto'
import { listAudit } from '@hangar/db'
import { QUEUES, wake } from '@hangar/jobs'
import { expect, test } from '@jest/globals'
import { sql } from 'kysely'
import request from 'supertest'
import { signedIn } from '../../../testing/browser.ts'
import { useApi } from '../../../testing/harness.ts'

const api = useApi()
const board = (path: string) => `/admin/queues${path}`

test.each(['viewer', 'operator', 'admin', 'key'] as const)(
  '%s sees the queues, and nothing from outside',
  async (who) => {
    const headers = await signedIn(api, who)
    const page = await request(api.app).get(board('/')).set(headers)
    expect(page.status).toBe(200)
    expect(page.text).toContain('Hangar queues')
    expect(page.text).toContain('system-ui')
    expect(page.text).not.toMatch(/https?:\/\//)
    const queues = await request(api.app).get(board('/api/queues')).set(headers)
    const { queues: listed } = queues.body as { queues: { name: string; readOnlyMode: boolean }[] }
    expect(listed.map((queue) => queue.name).sort()).toEqual(Object.values(QUEUES).sort())
    expect(new Set(listed.map((queue) => queue.readOnlyMode))).toEqual(
      new Set([who === 'viewer' || who === 'operator']),
    )
  },
)

test('its own scripts and styles are served from here, and name no other place to load from', async () => {
  const headers = await signedIn(api, 'viewer')
  const { text } = await request(api.app).get(board('/')).set(headers)
  const assets = [...text.matchAll(/(?:src|href)="(static\/[^"]+\.(?:js|css))"/g)].map(
    (match) => match[1] ?? '',
  )
  expect(assets.length).toBeGreaterThan(2)
  for (const asset of assets) {
    const response = await request(api.app)
      .get(board(`/${asset}`))
      .set(headers)
    expect(response.status).toBe(200)
    if (asset.endsWith('.css')) expect(response.text).not.toMatch(/url\(\s*["']?https?:/)
  }
})

test('an admin acts, and each action is in the audit log before it happens', async () => {
  const headers = { ...(await signedIn(api, 'admin')), 'x-request-id': 'req-board' }
  const pause = await request(api.app).put(board('/api/queues/provision/pause')).set(headers)
  expect(pause.status).toBe(200)
  expect(await api.queues.provision.isPaused()).toBe(true)
  const resume = await request(api.app).put(board('/api/queues/resume')).set(headers)
  expect(resume.status).toBe(200)
  expect(await api.queues.provision.isPaused()).toBe(false)
  const [second, first] = await listAudit(api.db, { limit: 2 })
  expect(first).toMatchObject({
    actor: expect.stringMatching(/^user:/),
    action: 'queues: PUT /api/queues/provision/pause',
    requestId: 'req-board',
    after: { allowed: true },
  })
  expect(second).toMatchObject({ action: 'queues: PUT /api/queues/resume' })
})

test('a job is shown without what looks like a credential', async () => {
  const userId = randomUUID()
  await wake(api.queues, { userId, lane: 'provision' })
  const jobId = (await api.queues.provision.getDeduplicationJobId(userId)) ?? ''
  const job = await api.queues.provision.getJob(jobId)
  await job?.log('calling with Bearer abc.def-ghi and sb_secret_hushHush')
  const headers = await signedIn(api, 'viewer')
  const shown = await request(api.app)
    .get(board(`/api/queues/provision/${jobId}`))
    .set(headers)
  expect(shown.text).toContain(userId)
  const logs = await request(api.app)
    .get(board(`/api/queues/provision/${jobId}/logs`))
    .set(headers)
  expect(logs.text).toContain('[redacted]')
  expect(logs.text).not.toMatch(/abc\.def-ghi|hushHush/)
})

test('a board that nobody is at asks by itself, and lets its session become idle; a page or an act keeps it', async () => {
  const headers = await signedIn(api, 'admin')
  const wasUsed = async (use: () => request.Test) => {
    await sql`update hangar.admin_sessions set last_seen_at = last_seen_at - interval '20 minutes'`.execute(
      api.db,
    )
    expect((await use().set(headers)).status).toBe(200)
    const { rows } = await sql<{ used: boolean }>`
      select last_seen_at > hangar.now() - interval '1 minute' as used from hangar.admin_sessions
      order by created_at desc limit 1`.execute(api.db)
    return rows[0]?.used
  }
  expect(await wasUsed(() => request(api.app).put(board('/api/queues/resume')))).toBe(true)
  expect(await wasUsed(() => request(api.app).get(board('/queue/provision')))).toBe(true)
  expect(await wasUsed(() => request(api.app).get(board('/api/queues')))).toBe(false)
})
