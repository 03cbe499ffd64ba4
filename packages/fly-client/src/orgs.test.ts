import { describe, expect, test } from '@jest/globals'

import type { OrgMachinesPage } from './index.ts'
import { json, refuse } from './testing/server.ts'
import { failureOf, useBench } from './testing/use.ts'

const LIST = 'GET /v1/orgs/acme/machines'
const machine = (id: string) => ({
  id,
  app_name: `app-${id}`,
  name: id,
  state: 'started',
  region: 'iad',
  version: 'v',
  config: { image: 'x', guest: { cpu_kind: 'shared', cpus: 2, memory_mb: 512 }, metadata: { u: '1' } },
})

describe('the machines of an organisation', () => {
  const bench = useBench()

  test('page by page, through empty pages, with the regions that did not answer', async () => {
    bench.server.on(
      LIST,
      json(200, { machines: [machine('1')], next_cursor: 'c1', last_updated_at: 't1' }),
      json(200, { machines: null, next_cursor: 'c2' }),
      json(200, { machines: [machine('2'), machine('1')], next_cursor: '', error_regions: ['fra'] }),
    )
    const pages: OrgMachinesPage[] = []
    const since = new Date('2026-01-01T00:00:00Z')
    for await (const page of bench.fly.orgs.machines({
      updatedAfter: since,
      pageSize: 2,
      states: ['started'],
    }))
      pages.push(page)
    expect(pages.map((page) => [page.machines.map(({ id }) => id), page.errorRegions])).toEqual([
      [['1'], []],
      [[], []],
      [['2', '1'], ['fra']],
    ])
    expect(pages[0]?.machines[0]).toMatchObject({
      appName: 'app-1',
      instanceId: 'v',
      guest: { cpuKind: 'shared', cpus: 2, memoryMb: 512 },
      metadata: { u: '1' },
    })
    expect(
      bench.server.calls.map(({ query }) => [
        query.get('cursor'),
        query.get('updated_after'),
        query.get('limit'),
      ]),
    ).toEqual([
      [null, '2026-01-01T00:00:00.000Z', '2'],
      ['c1', null, '2'],
      ['c2', null, '2'],
    ])
  })

  test('collected: each once, and said to be incomplete when a region is missing', async () => {
    const partial = json(200, { machines: [machine('1'), machine('1')], error_regions: ['fra'] })
    bench.server.on(LIST, partial, json(200, { machines: [machine('1')] }))
    expect(await bench.fly.orgs.collectMachines()).toMatchObject({
      machines: [{ id: '1' }],
      errorRegions: ['fra'],
      complete: false,
    })
    expect((await bench.fly.orgs.collectMachines()).complete).toBe(true)
  })

  test('an error in the middle is an error, not an end', async () => {
    bench.server.on(LIST, json(200, { machines: [machine('1')], next_cursor: 'c1' }), refuse(503, 'down'))
    expect((await failureOf(bench.fly.orgs.collectMachines())).code).toBe('unavailable')
  })

  test('a cursor that leads in circles ends', async () => {
    bench.server.on(LIST, json(200, { machines: [machine('1')], next_cursor: 'same' }))
    expect((await bench.fly.orgs.collectMachines()).machines).toHaveLength(1)
    expect(bench.server.calls).toHaveLength(2)
  })

  test('one that never ends is an error, and never taken for complete', async () => {
    let page = 0
    bench.server.on(LIST, (response, call) => {
      page += 1
      json(200, { machines: [], next_cursor: `c${page}` })(response, call)
    })
    expect(await failureOf(bench.fly.orgs.collectMachines())).toMatchObject({
      code: 'unexpected_answer',
      ambiguous: false,
    })
    expect(page).toBe(100)
  })

  test('leaving the loop ends the reading', async () => {
    bench.server.on(LIST, json(200, { machines: [machine('1')], next_cursor: 'c1' }))
    for await (const page of bench.fly.orgs.machines()) {
      expect(page.nextCursor).toBe('c1')
      break
    }
    expect(bench.server.calls).toHaveLength(1)
  })

  test('its volumes too', async () => {
    const volume = {
      id: 'vol_1',
      app_name: 'a',
      name: 'data',
      region: 'iad',
      state: 'pending_destroy',
      size_gb: 1,
    }
    bench.server.on(
      'GET /v1/orgs/acme/volumes',
      json(200, { volumes: [volume], next_cursor: 'c' }),
      json(200, { volumes: [] }),
    )
    const found: string[] = []
    for await (const page of bench.fly.orgs.volumes())
      found.push(...page.volumes.map(({ id, state }) => `${id} ${state}`))
    expect(found).toEqual(['vol_1 pending_destroy'])
  })
})
