import { randomUUID } from 'node:crypto'
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import request from 'supertest'
import { bearer, createAppRow, useApi } from '../../../testing/harness.ts'

const api = useApi()

async function read(query: object = {}): Promise<string[]> {
  const response = await request(api.app)
    .get('/v1/apps.csv')
    .query(query)
    .set(await bearer('viewer'))
  expect(response.status).toBe(200)
  expect(response.type).toBe('text/csv')
  expect(response.headers['content-disposition']).toMatch(
    /^attachment; filename="hangar-apps-\d{4}-\d\d-\d\d\.csv"$/,
  )
  const lines = response.text.split('\r\n')
  expect(lines.pop()).toBe('')
  return lines
}

test('without any app: the line of names', async () => {
  const [names, ...none] = await read()
  expect(names).toMatch(/^user_id,email,fly_app_name,generation,status,/)
  expect(none).toEqual([])
})

test('the same apps in the same order as the list, and nothing that a spreadsheet would run', async () => {
  for (const [email, tier] of [
    ['=1+1@example.test', 'pro'],
    ['ada@example.test', 'elite'],
  ] as const) {
    const { userId } = await createUser(api.db, { tier, email })
    await createAppRow(api.db, userId, { tier, healthStatus: 'unhealthy' })
  }
  const lines = await read({ sort: '-email' })
  expect(lines.slice(1).map((line) => line.split(',')[1])).toEqual(['ada@example.test', "'=1+1@example.test"])
  expect(lines[1]).toContain(',unhealthy,elite,iad,shared,2,512,,unhealthy,,')
  expect(await read({ tier: 'pro' })).toHaveLength(2)
})

test('as many as there are, though only some are read at a time', async () => {
  const apps = Array.from({ length: 1_100 }, (_, n) => ({
    userId: randomUUID(),
    generation: 1,
    flyAppName: `vyx-user-many-${n}`,
    network: 'n',
    ...{ tier: 'pro', region: 'fra', image: 'x', cpuKind: 'shared' as const, cpus: 2, memoryMb: 512 },
  }))
  await api.db.insertInto('userFlyApps').values(apps).execute()
  const lines = await read({ region: 'fra', sort: 'created_at' })
  expect(new Set(lines.map((line) => /vyx-user-many-\d+/.exec(line)?.[0])).size).toBe(1_101)
})
