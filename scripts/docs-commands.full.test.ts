/**
 * The commands of the documentation, as they stand on its pages: those of docs/install-supabase.md install Hangar on a
 * project's database, the services come as the roles that were made, everything else is run on them, and it is taken off.
 */
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { parseEnv } from 'node:util'
import { createDatabase, type HostMapping, loadBaseline } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { listDocCommands, type Treatment, treatmentOf } from './lib/doc-commands.ts'
import { root } from './lib/paths.ts'
import type { ServiceName } from './stack/programs.ts'
import { inherited, urlOf } from './stack/settings.ts'
import { startStack, type Stack } from './stack/stack.ts'
import type { prepareDatabase } from './stack/stores.ts'

const TEST_TIMEOUT_MS = 120_000

/** Each once, in the order of the pages. */
const commands = [...new Map(listDocCommands().map((one) => [one.command, one])).values()]
const ofKind = (kind: Treatment['kind']) =>
  commands
    .filter(({ command }) => treatmentOf(command)?.kind === kind)
    .map(({ page, command }) => [command, page] as const)

type Ended = { code: number | null; output: string }

let stack: Stack | undefined
/** Where the operator is: `hangar` is on the path, as it is in the image, and mapping.json lies there. */
let folder: string
let operator: Record<string, string>
const installed = new Map<string, Ended>()
/** Pinned, else the doctor has something to say. No app is made here. */
const FLY_SCREENER_IMAGE = `registry.example/screener@sha256:${'0'.repeat(64)}`
const settings: Record<ServiceName, Record<string, string>> = {
  api: {},
  worker: { FLY_SCREENER_IMAGE },
  scheduler: {},
}

/** The product's database with a user who pays, and then all that the page says. */
const prepare: typeof prepareDatabase = async (url, webhook) => {
  await loadBaseline(url)
  const db = createDatabase({ connectionString: url, applicationName: 'test', maxConnections: 1 })
  await createUser(db, { tier: 'pro', email: 'ada@example.com' }).finally(() => db.destroy())

  const [, shown = ''] =
    /```json\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/install-supabase.md'), 'utf8')) ?? []
  const mapping = JSON.parse(shown) as HostMapping
  // All of it but where the API is.
  const here = { ...mapping, webhook: { ...mapping.webhook, url: webhook.url } }
  writeFileSync(join(folder, 'mapping.json'), JSON.stringify(here))

  operator = { DATABASE_URL: url, HANGAR_WEBHOOK_SECRET: webhook.secret }
  for (const [command] of ofKind('install')) {
    const ended = await shell(command)
    installed.set(command, ended)
    if (ended.code !== 0) throw new Error(`$ ${command}\n${ended.output}`)
  }
  const roles = parseEnv(readFileSync(join(folder, 'hangar-roles.env'), 'utf8'))
  for (const name of ['api', 'worker', 'scheduler'] as const)
    Object.assign(settings[name], { DATABASE_URL: roles[`DATABASE_URL_${name.toUpperCase()}`] })
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hangar-docs-'))
  const program = join(folder, 'hangar')
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${root}/cli/src/main.ts' "$@"\n`)
  chmodSync(program, 0o755)
  stack = await startStack({ report: () => {}, environment: {}, prepare, settings })
  const { addresses, secrets } = stack
  const url = urlOf(addresses, 'api')
  const key = secrets.serviceRoleKey
  Object.assign(operator, { HANGAR_PUBLIC_URL: url, HANGAR_API_URL: url })
  Object.assign(operator, { SUPABASE_SERVICE_ROLE_KEY: key, HANGAR_TOKEN: key })
  operator['HANGAR_SHARED_TOKEN'] = secrets.sharedToken
}, 180_000)

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await stack?.stop()
}, 60_000)

function shell(command: string): Promise<Ended> {
  const { PATH = '', ...rest } = inherited()
  const env = { ...rest, ...operator, PATH: `${folder}${delimiter}${PATH}` }
  // A command that asks is answered with nothing.
  const cwd = command.startsWith('hangar ') ? folder : root
  const child = spawn('sh', ['-c', command], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (chunk: Buffer) => (output += chunk.toString())
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })))
}

async function runs(command: string): Promise<void> {
  const { code, output } = await shell(command)
  if (code !== 0) throw new Error(`ended with ${code}\n${output}`)
  // curl ends well with whatever it was answered.
  expect(output).not.toMatch(/urn:hangar:problem/)
}

describe("installs on a project's database", () => {
  test.each(ofKind('install'))('%s (%s)', (command) => {
    expect(installed.get(command)).toMatchObject({ code: 0 })
  })

  test('and each service comes as its own role', () => {
    for (const name of ['api', 'worker', 'scheduler'] as const)
      expect(new URL(settings[name]['DATABASE_URL'] ?? '').username).toBe(`hangar_${name}`)
  })
})

describe('runs on a whole Hangar', () => {
  test.each(ofKind('run'))(
    '%s (%s)',
    async (command) => {
      await runs(command)
      const treatment = treatmentOf(command)
      if (treatment?.kind === 'run' && treatment.undo !== undefined) await runs(treatment.undo)
    },
    TEST_TIMEOUT_MS,
  )
})

describe('takes it off', () => {
  test.each(ofKind('uninstall'))('%s (%s)', runs, TEST_TIMEOUT_MS)
})
