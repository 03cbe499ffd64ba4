import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_HOST_MAPPING, findHostMapping, type HostMapping } from '@hangar/db'
import { createTestDatabase, runSql, useTestDatabase } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'

const script = fileURLToPath(new URL('migrate.ts', import.meta.url))

type Result = { code: number; stdout: string; stderr: string }

function migrate(args: string[], databaseUrl?: string): Promise<Result> {
  const env = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, stdout, stderr })
    })
  })
}

describe('migrate', () => {
  const t = useTestDatabase()

  test('says what it applied, and the second time that there is nothing to do', async () => {
    const empty = await createTestDatabase({ template: 'empty' })
    try {
      const first = await migrate([], empty.url)
      expect(first).toMatchObject({ code: 0, stderr: '' })
      expect(first.stdout).toMatch(/^Applied: 0001_foundation, .*\.\n$/)
      expect(await migrate([], empty.url)).toEqual({ code: 0, stdout: 'Up to date.\n', stderr: '' })
    } finally {
      await empty.drop()
    }
  })

  test('installs on the host’s tables when asked', async () => {
    await runSql(t.url, 'delete from hangar.host_mapping')
    const { code, stdout } = await migrate(['--host', 'default'], t.url)
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Up to date.\nInstalled on public.user_subscriptions.\n',
    })
    expect(await findHostMapping(t.db)).toEqual(DEFAULT_HOST_MAPPING)
  })

  test('with another mapping the services’ roles see what it names', async () => {
    const { status, ...subscriptions } = DEFAULT_HOST_MAPPING.subscriptions
    const folder = await mkdtemp(join(tmpdir(), 'hangar-migrate-'))
    const role = `hangar_test_${Math.random().toString(36).slice(2)}`
    const install = async (mapping: HostMapping) => {
      await writeFile(join(folder, 'mapping.json'), JSON.stringify(mapping))
      expect(await migrate(['--host', join(folder, 'mapping.json')], t.url)).toMatchObject({ code: 0 })
    }
    try {
      await runSql(t.url, `create role ${role}`)
      await runSql(t.url, `select hangar.grant_service_role('${role}', 'worker')`)
      await install({ ...DEFAULT_HOST_MAPPING, subscriptions })
      const read = () =>
        runSql(t.url, `set role ${role}; select ${String(status)} from public.user_subscriptions`)
      await expect(read()).rejects.toThrow('permission denied')
      await install(DEFAULT_HOST_MAPPING)
      await read()
    } finally {
      await runSql(t.url, `drop owned by ${role}; drop role ${role}`)
      await rm(folder, { recursive: true })
    }
  })

  test.each<[string, string[], string | undefined, number, string]>([
    ['no DATABASE_URL', [], undefined, 78, 'Set DATABASE_URL'],
    ['a transaction pooler', [], 'postgres://u:hidden@127.0.0.1:6543/x', 78, 'use port 5432'],
    ['an unknown option', ['--force'], 'postgres://x', 64, 'Usage: migrate'],
    ['a server that is not there', [], 'postgres://u:hidden@127.0.0.1:1/x', 1, 'ECONNREFUSED'],
  ])('%s: one line, no password', async (_what, args, url, code, message) => {
    const result = await migrate(args, url)
    expect(result.code).toBe(code)
    expect(result.stderr).toContain(message)
    expect(result.stderr).not.toContain('hidden')
  })
})
