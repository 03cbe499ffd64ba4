/** Servers that come back on the same files: what they had promised to keep is there again. */
import { existsSync } from 'node:fs'
import { Redis } from 'ioredis'
import pg from 'pg'
import { expect, test } from '@jest/globals'
import { runSql, startPostgres, startRedis } from './index.ts'

test('a durable PostgreSQL keeps what was committed over a crash, and nothing of it after the end', async () => {
  const server = await startPostgres({ durable: true })
  await runSql(server.url, 'create table kept (id int)', 'insert into kept values (7)')
  const refused: unknown[] = []
  await server.restart('crash', async () => {
    refused.push(await runSql(server.url, 'select 1').catch((error: unknown) => error))
  })
  expect(refused).toEqual([expect.objectContaining({ code: 'ECONNREFUSED' })])
  expect(server.logs()).toContain('automatic recovery in progress')
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  const { rows } = await client.query<{ id: number; folder: string }>(
    "select id, current_setting('data_directory') as folder from kept",
  )
  await client.end()
  expect(rows).toEqual([{ id: 7, folder: expect.any(String) }])
  await server.restart('fast')
  await server.stop()
  expect(existsSync(rows[0]?.folder ?? '')).toBe(false)
})

test('an append-only Redis keeps what it was told over a crash', async () => {
  const server = await startRedis({ appendOnly: true })
  const before = new Redis(server.url)
  await before.set('kept', '7')
  before.disconnect()
  await server.restart()
  const after = new Redis(server.url)
  expect(await after.get('kept')).toBe('7')
  after.disconnect()
  await server.stop()
})
