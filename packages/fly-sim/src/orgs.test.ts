import { expect, test } from '@jest/globals'
import { useSim } from './testing/harness.ts'

const sim = useSim({
  clock: 'virtual',
  orgs: ['one', 'two'],
  tokens: [{ token: 'both', orgs: ['one', 'two'] }],
})

type Page = {
  machines: { id: string; app_name: string; state: string; config?: object }[]
  next_cursor?: string
  error_regions: string[]
}
let next = 0

async function machines(org: string, count: number): Promise<string[]> {
  const app = `o-${next++}`
  await sim.must('POST', '/v1/apps', { name: app, org_slug: org })
  const ids: string[] = []
  for (let i = 0; i < count; i++) {
    await sim.admin('POST', 'clock', { advanceMs: 10 })
    ids.push((await sim.machine(app)).id)
  }
  await sim.admin('POST', 'clock', { advanceMs: 10 })
  return ids
}

async function walk(org: string, query: string): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = []
  let cursor = ''
  for (let pages = 1; ; pages++) {
    const page = await sim.must<Page>(
      'GET',
      `/v1/orgs/${org}/machines?${query}${cursor === '' ? '' : `&cursor=${cursor}`}`,
    )
    ids.push(...page.machines.map((machine) => machine.id))
    if (page.next_cursor === undefined) return { ids, pages }
    cursor = page.next_cursor
  }
}

test('shows the machines of one organisation, oldest change first, without checks and events', async () => {
  const ids = await machines('one', 3)
  await machines('two', 1)
  const page = await sim.must<Page>('GET', '/v1/orgs/one/machines')
  expect(page.machines.map((machine) => machine.id)).toEqual(ids)
  expect(page.error_regions).toEqual([])
  expect(Object.keys(page.machines[0]?.config ?? {}).sort()).toEqual(['guest', 'image', 'metadata'])
  for (const field of ['checks', 'events', 'host_status']) expect(page.machines[0]).not.toHaveProperty(field)
  await sim.admin('POST', 'reset', {})
})

test('pages by cursor, and a limit over 1000 counts as 1000', async () => {
  const ids = await machines('one', 7)
  expect(await walk('one', 'limit=3')).toEqual({ ids, pages: 3 })
  expect((await walk('one', 'limit=5000')).pages).toBe(1)
  expect((await sim.call('GET', '/v1/orgs/one/machines?limit=0')).status).toBe(400)
  expect((await sim.call('GET', '/v1/orgs/one/machines?cursor=nonsense')).status).toBe(400)
  await sim.admin('POST', 'reset', {})
})

test('an empty page may have a successor', async () => {
  const ids = await machines('one', 2)
  await sim.fault({ kind: 'empty_page', count: 2 })
  expect(await walk('one', 'limit=1000')).toEqual({ ids, pages: 3 })
  await sim.admin('POST', 'reset', {})
})

test('updated_after leaves out what has not changed since', async () => {
  const before = await machines('one', 2)
  const since = new Date(sim.running.sim.clock.nowMs()).toISOString()
  const after = await machines('one', 2)
  expect((await walk('one', `updated_after=${since}`)).ids).toEqual(after)
  expect((await walk('one', '')).ids).toEqual([...before, ...after])
  await sim.admin('POST', 'reset', {})
})

test('is late: a change shows only after the lag', async () => {
  const [id = ''] = await machines('one', 1)
  await sim.admin('POST', 'clock', { advanceMs: 60_000 })
  await sim.admin('POST', 'delays', { orgListLagMs: 5_000 })
  const app = (await sim.must<Page>('GET', '/v1/orgs/one/machines')).machines[0]?.app_name ?? ''
  const newer = await sim.machine(app)
  await sim.must('POST', `/v1/apps/${app}/machines/${id}/stop`, {})
  await sim.admin('POST', 'clock', { advanceMs: 1_000 })
  expect(await seen()).toEqual([[id, 'started']])
  await sim.admin('POST', 'clock', { advanceMs: 5_000 })
  expect(await seen()).toEqual([
    [id, 'stopped'],
    [newer.id, 'started'],
  ])
  await sim.admin('POST', 'delays', { orgListLagMs: 0 })
  await sim.admin('POST', 'reset', {})
})

test('a partial answer names the regions it misses', async () => {
  const app = `o-${next++}`
  await sim.must('POST', '/v1/apps', { name: app, org_slug: 'one' })
  await sim.machine(app, {}, { region: 'iad' })
  const { id } = await sim.machine(app, {}, { region: 'ams' })
  await sim.fault({ kind: 'partial_list', count: 1, params: { region: 'iad' } })
  const page = await sim.must<Page>('GET', '/v1/orgs/one/machines')
  expect([page.error_regions, page.machines.map((machine) => machine.id)]).toEqual([['iad'], [id]])
  expect((await sim.must<Page>('GET', '/v1/orgs/one/machines')).machines).toHaveLength(2)
  await sim.admin('POST', 'reset', {})
})

test('filters by region and state; destroyed ones only with include_deleted', async () => {
  const app = `o-${next++}`
  await sim.must('POST', '/v1/apps', { name: app, org_slug: 'one' })
  await sim.admin('POST', 'delays', { destroyedKeptMs: 60_000 })
  const kept = await sim.machine(app, {}, { region: 'ams' })
  const gone = await sim.machine(app, {}, { region: 'iad' })
  await sim.admin('POST', 'clock', { advanceMs: 10 })
  await sim.must('DELETE', `/v1/apps/${app}/machines/${gone.id}?force=true`)
  await sim.admin('POST', 'clock', { advanceMs: 10 })
  expect((await walk('one', 'region=ams')).ids).toEqual([kept.id])
  expect((await walk('one', 'state=started')).ids).toEqual([kept.id])
  expect((await walk('one', '')).ids).toEqual([kept.id])
  expect((await walk('one', 'include_deleted=true')).ids).toContain(gone.id)
  await sim.admin('POST', 'delays', { destroyedKeptMs: 0 })
  await sim.admin('POST', 'reset', {})
})

test('volumes of the organisation are listed too', async () => {
  const app = `o-${next++}`
  await sim.must('POST', '/v1/apps', { name: app, org_slug: 'one' })
  const volume = await sim.must<{ id: string }>('POST', `/v1/apps/${app}/volumes`, {
    name: 'data',
    size_gb: 2,
  })
  const { machines: held } = {
    machines: await sim.machine(app, { mounts: [{ volume: volume.id, path: '/data' }] }),
  }
  expect(await sim.must('GET', '/v1/orgs/one/volumes')).toMatchObject({
    volumes: [{ id: volume.id, app_name: app, attached_machine_id: held.id }],
  })
  expect((await sim.call('DELETE', `/v1/apps/${app}/volumes/${volume.id}`)).status).toBe(412)
  expect(await sim.must('PUT', `/v1/apps/${app}/volumes/${volume.id}/extend`, { size_gb: 3 })).toMatchObject({
    volume: { size_gb: 3 },
  })
})

async function seen(): Promise<[string, string][]> {
  const { machines: list } = await sim.must<Page>('GET', '/v1/orgs/one/machines')
  return list.map((machine) => [machine.id, machine.state])
}
