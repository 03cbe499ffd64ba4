import { expect, test } from '@jest/globals'
import { useSim } from './testing/harness.ts'
import { until } from './testing/until.ts'

const sim = useSim({
  tokens: [
    { token: 'ours', orgs: ['acme'] },
    { token: 'theirs', orgs: ['rival'] },
    { token: 'reader', orgs: ['acme'], readOnly: true },
  ],
  orgs: ['acme', 'rival'],
})
const as = (token: string) => ({ authorization: `Bearer ${token}` })

test('create answers 201 with id and created_at, under name or app_name', async () => {
  const first = await sim.call('POST', '/v1/apps', { name: 'by-name', org_slug: 'acme' })
  const second = await sim.call('POST', '/v1/apps', { app_name: 'by-app-name', org_slug: 'acme' })
  expect([first.status, second.status]).toEqual([201, 201])
  expect(first.json).toEqual({ id: expect.stringMatching(/^[a-z0-9]{16}$/u), created_at: expect.any(Number) })
})

test('a taken name is 422 with status name_taken', async () => {
  await sim.app('taken')
  const again = await sim.call('POST', '/v1/apps', { name: 'taken', org_slug: 'acme' })
  expect(again.status).toBe(422)
  expect(again.json).toEqual({
    error: 'Validation failed: Name has already been taken',
    status: 'name_taken',
  })
})

test('names are one namespace: a name taken by a stranger is 422 name_taken too', async () => {
  await sim.must('POST', '/v1/apps', { name: 'rivals', org_slug: 'rival' }, as('theirs'))
  const ours = await sim.call('POST', '/v1/apps', { name: 'rivals', org_slug: 'acme' })
  expect(ours.json).toMatchObject({ status: 'name_taken' })
})

test.each(['Upper', 'under_score', '', 'x'.repeat(63)])(
  'the name %j is 422 without a status',
  async (name) => {
    const reply = await sim.call('POST', '/v1/apps', { name, org_slug: 'acme' })
    expect(reply.status).toBe(422)
    expect(reply.json).toEqual({
      error: 'Validation failed: Name under 63 chars using numbers, lowercase letters and dashes',
    })
  },
)

test("a stranger's app is 403, a free name is 404", async () => {
  await sim.must('POST', '/v1/apps', { name: 'private', org_slug: 'rival' }, as('theirs'))
  expect((await sim.call('GET', '/v1/apps/private')).status).toBe(403)
  expect((await sim.call('GET', '/v1/apps/private/machines')).status).toBe(403)
  expect((await sim.call('GET', '/v1/apps/never-made')).status).toBe(404)
})

test('an organisation that the token does not cover is 403', async () => {
  expect((await sim.call('POST', '/v1/apps', { name: 'intruder', org_slug: 'rival' })).status).toBe(403)
  expect((await sim.call('GET', '/v1/apps?org_slug=rival')).status).toBe(403)
  expect((await sim.call('GET', '/v1/orgs/rival/machines')).status).toBe(403)
})

test('get names organisation, status and network', async () => {
  await sim.app('seen')
  const app = await sim.must('GET', '/v1/apps/seen')
  expect(app).toMatchObject({
    name: 'seen',
    status: 'pending',
    network: 'seen',
    organization: { slug: 'acme' },
    machine_count: 0,
  })
  await sim.machine('seen')
  expect(await sim.must('GET', '/v1/apps/seen')).toMatchObject({ status: 'deployed', machine_count: 1 })
})

test('list shows the apps of one organisation with their networks', async () => {
  await sim.app('listed')
  const { total_apps, apps } = await sim.must<{
    total_apps: number
    apps: { name: string; network: string }[]
  }>('GET', '/v1/apps?org_slug=acme')
  expect(total_apps).toBe(apps.length)
  expect(apps).toContainEqual(expect.objectContaining({ name: 'listed', network: 'listed' }))
  expect(apps.map((app) => app.name)).not.toContain('rivals')
})

test('a network name must begin with a letter', async () => {
  expect(
    (await sim.call('POST', '/v1/apps', { name: 'badnet', org_slug: 'acme', network: '1st' })).status,
  ).toBe(422)
})

test('delete answers 202, cascades to machines, secrets, volumes and addresses, and the name is free again', async () => {
  await sim.app('doomed')
  const machine = await sim.startedMachine('doomed')
  await sim.must('POST', '/v1/apps/doomed/secrets', { values: { KEY: 'v' } })
  await sim.must('POST', '/v1/apps/doomed/volumes', { name: 'data', size_gb: 1 })
  await sim.must('POST', '/v1/apps/doomed/ip_assignments', { type: 'shared_v4' })
  const deleted = await sim.call('DELETE', '/v1/apps/doomed?force=true')
  expect([deleted.status, deleted.text]).toEqual([202, ''])
  await untilGone('doomed')
  expect((await sim.call('GET', `/v1/apps/doomed/machines/${machine.id}`)).status).toBe(404)
  expect((await sim.call('DELETE', '/v1/apps/doomed')).status).toBe(404)
  await sim.app('doomed')
  const again = await sim.must<{ secrets: unknown[] }>('GET', '/v1/apps/doomed/secrets')
  expect(again.secrets).toEqual([])
  expect(await sim.must('GET', '/v1/apps/doomed')).toMatchObject({ machine_count: 0, volume_count: 0 })
  expect(await sim.must('GET', '/v1/apps/doomed/ip_assignments')).toEqual({ ips: [] })
})

test('delete without force refuses while a machine runs', async () => {
  await sim.app('busy')
  const { id } = await sim.startedMachine('busy')
  expect((await sim.call('DELETE', '/v1/apps/busy')).status).toBe(422)
  await sim.must('POST', `/v1/apps/busy/machines/${id}/stop`, {})
  await sim.waitFor('busy', id, 'stopped')
  expect((await sim.call('DELETE', '/v1/apps/busy')).status).toBe(202)
  await untilGone('busy')
})

test('a missing token is 401 in the words of each service', async () => {
  expect(await sim.call('GET', '/v1/apps/seen', undefined, as('nobody'))).toMatchObject({
    status: 401,
    json: { message: 'Unauthorized' },
  })
  expect(await sim.call('GET', '/v1/apps/seen/machines', undefined, as('nobody'))).toMatchObject({
    status: 401,
    json: { error: 'Authenticate: token validation error' },
  })
})

test('both schemes of the Authorization header work', async () => {
  expect(
    (await sim.call('GET', '/v1/apps?org_slug=acme', undefined, { authorization: 'FlyV1 ours' })).status,
  ).toBe(200)
})

test('a read-only token reads and does not write', async () => {
  expect((await sim.call('GET', '/v1/apps?org_slug=acme', undefined, as('reader'))).status).toBe(200)
  expect((await sim.call('POST', '/v1/apps', { name: 'no', org_slug: 'acme' }, as('reader'))).status).toBe(
    403,
  )
})

test('a deploy token is good for its app only, and only until it expires', async () => {
  await sim.app('scoped')
  await sim.app('other')
  const { token } = await sim.must<{ token: string }>('POST', '/v1/apps/scoped/deploy_token', {
    expiry: '1h',
  })
  const scoped = { authorization: token }
  expect((await sim.call('GET', '/v1/apps/scoped', undefined, scoped)).status).toBe(200)
  expect(
    (await sim.call('POST', '/v1/apps/scoped/machines', { config: { image: 'x' } }, scoped)).status,
  ).toBe(200)
  expect((await sim.call('GET', '/v1/apps/other', undefined, scoped)).status).toBe(403)
  expect((await sim.call('POST', '/v1/apps', { name: 'more', org_slug: 'acme' }, scoped)).status).toBe(403)
  await sim.admin('POST', 'clock', { jumpMs: 3_700_000 })
  expect((await sim.call('GET', '/v1/apps/scoped', undefined, scoped)).status).toBe(401)
})

test('tokens/current says what a token is good for', async () => {
  const { tokens } = await sim.must<{ tokens: unknown[] }>('GET', '/v1/tokens/current')
  expect(tokens).toEqual([expect.objectContaining({ org_slug: 'acme', apps: [] })])
})

test('an unknown path is 404 in plain text, as Go answers', async () => {
  const reply = await sim.call('GET', '/v1/unknown')
  expect([reply.status, reply.text]).toEqual([404, '404 page not found\n'])
  expect(reply.headers.get('content-type')).toContain('text/plain')
})

test('every answer carries a fly-request-id', async () => {
  const ids = await Promise.all(
    ['/v1/apps/seen', '/v1/unknown'].map(async (path) =>
      (await sim.call('GET', path)).headers.get('fly-request-id'),
    ),
  )
  expect(new Set(ids).size).toBe(2)
  expect(ids[0]).toMatch(/^[0-9A-Z]{26}-sim$/u)
})

test('malformed JSON and wrong types are 400 in the words of Go', async () => {
  expect((await sim.call('POST', '/v1/apps', '{"name":')).status).toBe(400)
  expect((await sim.call('POST', '/v1/apps', { name: 5, org_slug: 'acme' })).json).toEqual({
    error: 'json: cannot unmarshal number into Go struct field main.createAppRequest.name of type string',
  })
})

async function untilGone(app: string): Promise<void> {
  await until(`the end of ${app}`, async () => (await sim.call('GET', `/v1/apps/${app}`)).status === 404)
}
