import { randomUUID } from 'node:crypto'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { recordCost } from '../../../testing/costs.ts'
import { bearer, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()

async function read(): Promise<string[]> {
  const response = await request(api.app)
    .get('/v1/costs.csv?month=2026-03')
    .set(await bearer('viewer'))
  expect(response.status).toBe(200)
  expect(response.type).toBe('text/csv')
  expect(response.headers['content-disposition']).toBe('attachment; filename="hangar-costs-2026-03.csv"')
  const lines = response.text.split('\r\n')
  expect(lines.pop()).toBe('')
  return lines
}

const NAMES =
  'month,as_of,user_id,email,fly_app_name,generation,status,tier,region,cpu_kind,cpus,memory_mb,price_models,month_usd,total_usd,monthly_cost_estimate_usd,created_at,deleted_at'

test('without any app: the line of names', async () => {
  expect(await read()).toEqual([NAMES])
})

test('a line for each app, and nothing that a spreadsheet would run', async () => {
  const { userId } = await createUser(api.db, { email: '=HYPERLINK("https://evil.test","a")@example.test' })
  const app = await createAppRow(api.db, userId)
  await recordCost(api.db, app, {
    from: '2026-03-31T23:00:00Z',
    to: '2026-04-01T01:00:00Z',
    usdPerSecond: '0.001',
  })
  const [names, line, ...more] = await read()
  expect(more).toEqual([])
  expect(names).toBe(NAMES)
  const escaped = `"'=HYPERLINK(""https://evil.test"",""a"")@example.test"`
  expect(line).toMatch(/^2026-03,\d{4}-\d\d-\d\dT[\d:.]+Z,/)
  // An hour of two is in March: 3.60 of 7.20.
  expect(line?.split(',').slice(2).join(',')).toBe(
    `${userId},${escaped},${app.flyAppName},1,active,pro,iad,shared,2,512,product,3.600000,7.200000,,2026-03-31T23:00:00.000Z,`,
  )
})

test('as many as there are, though only some are read at a time', async () => {
  const before = (await read()).length
  const apps = Array.from({ length: 1_100 }, (_, n) => ({
    userId: randomUUID(),
    generation: 1,
    flyAppName: `vyx-user-many-${n}`,
    network: 'n',
    ...{ tier: 'pro', region: 'iad', image: 'x', cpuKind: 'shared' as const, cpus: 2, memoryMb: 512 },
    createdAt: new Date('2026-03-05T00:00:00Z'),
  }))
  await api.db.insertInto('userFlyApps').values(apps).execute()
  const lines = await read()
  expect(lines).toHaveLength(before + apps.length)
  const names = new Set(lines.slice(1).map((line) => /vyx-user-[a-z0-9-]+/.exec(line)?.[0]))
  expect(names.size).toBe(lines.length - 1)
})
