import { readFileSync } from 'node:fs'
import { findSchemaVersion, readMigrations } from '@hangar/db'
import { z } from 'zod'
import { defineRoute } from '../../../http/route.ts'

const MANIFEST = new URL('../../../../package.json', import.meta.url)

const versionAnswer = z.strictObject({
  version: z.string().describe('Of this program.'),
  node: z.string(),
  schema: z.strictObject({
    applied: z.string().describe('The last migration that the database has seen.'),
    expected: z.string().describe('The last one that this program knows.'),
  }),
})

export const getVersion = defineRoute({
  method: 'get',
  path: '/v1/version',
  access: 'viewer',
  summary: 'Which release answers, and whether the database is as that release expects it',
  answers: { 200: versionAnswer },
  handle: async (_input, { deps }) => {
    const { version } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as { version: string }
    const [applied, known] = await Promise.all([findSchemaVersion(deps.db), readMigrations()])
    const schema = { applied: applied ?? '', expected: known.at(-1)?.name ?? '' }
    return { status: 200, body: { version, node: process.version, schema } }
  },
})
