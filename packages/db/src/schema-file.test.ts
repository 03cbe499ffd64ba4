import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createTestDatabase, useTestDatabase } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { CompiledQuery } from 'kysely'
import { dumpSchema } from './dump-schema.ts'
import { migrateToLatest } from './migrate.ts'
import { migrationsDirectory } from './paths.ts'

describe('db/schema.sql', () => {
  const t = useTestDatabase({ template: 'empty' })

  test('is what the migrations add up to, and loads into an empty database as the same schema', async () => {
    const file = await readFile(join(migrationsDirectory, '..', 'schema.sql'), 'utf8')
    await migrateToLatest(t.url)
    expect(await dumpSchema(t.url)).toBe(file)

    const loaded = await createTestDatabase({ template: 'empty' })
    try {
      await loaded.db.executeQuery(CompiledQuery.raw(file))
      expect(await dumpSchema(loaded.url)).toBe(file)
    } finally {
      await loaded.drop()
    }
  })
})
