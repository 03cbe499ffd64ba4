/**
 * Supabase's own database linter finds nothing to warn of in Hangar's schema, installed on the product's tables with a role
 * for each service. Two of its rules it does not carry out outside of Supabase (functions with the owner's rights that
 * clients may call): packages/db/src/access.test.ts has them.
 */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { useTestDatabase } from '@hangar/testkit'
import { runSql } from '@hangar/testkit/local'
import { beforeAll, expect, test } from '@jest/globals'

const t = useTestDatabase()
const run = promisify(execFile)

type Diagnostic = { severity: string; message: string; category: string }

/** Every rule is on from `info`; what is below a warning is advice about speed, which the benchmarks give better. */
async function lint(): Promise<Diagnostic[]> {
  const manifest = createRequire(import.meta.url).resolve('@postgres-language-server/cli/package.json')
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> }
  const program = join(dirname(manifest), bin['postgres-language-server'] ?? '')
  const args = ['dblint', `--connection-string=${t.url}`, '--reporter=json', '--max-diagnostics=none']
  // It ends with 1 where there is an error among the findings, and they are printed all the same.
  const { stdout } = await run(process.execPath, [program, ...args]).catch((error: unknown) => {
    const { stdout } = error as { stdout?: string }
    if (stdout) return { stdout }
    throw error
  })
  return (JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics
}

const grave = (all: readonly Diagnostic[]) =>
  all.filter(({ severity }) => !/^(info|hint|information)$/i.test(severity))

beforeAll(async () => {
  // Without it the rules about what the project's API exposes find nothing, and do not say so.
  const name = new URL(t.url).pathname.slice(1)
  await runSql(t.url, `alter database ${name} set pgrst.db_schemas = 'public,graphql_public'`)
})

test('no error and no warning', async () => {
  const all = await lint()
  expect(all.length).toBeGreaterThan(0)
  expect(grave(all)).toEqual([])
})

test('it would be told of a table that everybody may read', async () => {
  await runSql(
    t.url,
    'create table public.open_to_all (id int primary key)',
    'grant select on public.open_to_all to anon',
  )
  expect(grave(await lint()).map(({ category }) => category)).toContain(
    'splinter/security/rlsDisabledInPublic',
  )
})
