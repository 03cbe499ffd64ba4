/**
 * A new operator's first day: the product's database with 500 users who pay, and nothing of Hangar in it. Install, ask
 * the doctor, look at who would be moved, move them while the worker is killed twice: an app for each, and one each.
 */
import { createDatabase, type Database, DEFAULT_HOST_MAPPING, loadBaseline } from '@hangar/db'
import { runSql, waitFor } from '@hangar/testkit/local'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { inRepository, type ServiceName } from './stack/programs.ts'
import { inherited, urlOf } from './stack/settings.ts'
import { type Stack, startStack } from './stack/stack.ts'
import { FlyStandIn } from './stack/testing/fly-stand-in.ts'

const USERS = 500
const TEST_TIMEOUT_MS = 900_000

/** 500 real programs would be too many for one machine: Fly's checks say that they are well. */
const image = `registry.example/screener@sha256:${'0'.repeat(64)}`
/** Each service's own role comes with the install. */
const serviceSettings: Record<ServiceName, Record<string, string>> = {
  api: {},
  worker: { FLY_SCREENER_IMAGE: image },
  scheduler: {},
}

let folder: string
let stack: Stack
let db: Database
let fly: FlyStandIn
const said: string[] = []

type Finding = { code: string; severity: string }

const run = promisify(execFile)

/** `hangar …`, as a process of its own. It rejects where that does not end well, with all that was said until then. */
async function hangar(args: string[], env: Record<string, string>): Promise<string> {
  const options = { env: { ...inherited(), ...env }, cwd: folder, timeout: TEST_TIMEOUT_MS }
  const ended = await run(process.execPath, [inRepository('cli/src/main.ts'), ...args], options).catch(
    (error: unknown) => {
      const { stdout, stderr } = error as { stdout: string; stderr: string }
      throw new Error([...said, `$ hangar ${args.join(' ')}`, stdout, stderr].join('\n'))
    },
  )
  said.push(`$ hangar ${args.join(' ')}`, ended.stderr)
  return ended.stdout
}

const overApi = (...args: string[]) =>
  hangar(args, { HANGAR_API_URL: urlOf(stack.addresses, 'api'), HANGAR_TOKEN: stack.secrets.serviceRoleKey })

/** The product as it was before Hangar, with users who pay already; then what an operator does. */
async function prepare(url: string, webhook: { url: string; secret: string }): Promise<void> {
  await loadBaseline(url)
  await runSql(
    url,
    `with person as (
       insert into auth.users (email) select 'user-' || n || '@example.test' from generate_series(1, ${USERS}) n returning id, email),
     profile as (insert into public.user_profiles (id, email) select id, email from person)
     insert into public.user_subscriptions (user_id, tier, status)
     select id, case when length(email) % 2 = 0 then 'pro' else 'elite' end, 'active' from person`,
  )
  const file = join(folder, 'mapping.json')
  const hint = { url: webhook.url, secret_name: 'hangar_webhook_secret' }
  await writeFile(file, JSON.stringify({ ...DEFAULT_HOST_MAPPING, webhook: hint }))
  const settings = { DATABASE_URL: url, HANGAR_WEBHOOK_SECRET: webhook.secret }
  const roles = join(folder, 'roles.env')
  const install = ['install', '--mapping', file, '--roles', '--credentials', roles]
  await hangar(['install', '--mapping', file, '--check'], settings)
  await hangar([...install, '--dry-run'], settings)
  await hangar([...install, '--yes'], settings)
  const lines = (await readFile(roles, 'utf8')).matchAll(/^DATABASE_URL_(API|WORKER|SCHEDULER)=(.+)$/gm)
  for (const [, service, address] of lines)
    Object.assign(serviceSettings[service?.toLowerCase() as ServiceName], { DATABASE_URL: address })
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-operator-'))
  stack = await startStack({ report: () => {}, environment: {}, prepare, settings: serviceSettings })
  db = createDatabase({ connectionString: stack.addresses.databaseUrl, applicationName: 'hangar-test' })
  fly = new FlyStandIn(stack)
}, 300_000)

afterAll(async () => {
  await db.destroy()
  await stack.stop()
  await rm(folder, { recursive: true, force: true })
}, 60_000)

const active = async () => {
  const { count } = await db
    .selectFrom('userFlyApps')
    .select((one) => one.fn.countAll<string>().as('count'))
    .where('status', '=', 'active')
    .executeTakeFirstOrThrow()
  return Number(count)
}

test(
  'install, doctor, a dry run, and the move with a worker killed twice: 500 active apps, one each',
  async () => {
    // Nobody is moved by being installed on.
    expect(await db.selectFrom('userFlyApps').select('id').execute()).toEqual([])
    const { findings } = JSON.parse(await overApi('doctor', '--json')) as { findings: Finding[] }
    expect(findings.filter(({ severity }) => severity !== 'ok').map(({ code }) => code)).toEqual([])

    const plan = JSON.parse(await overApi('migrate-users', '--all', '--dry-run', '--json')) as object
    expect(plan).toMatchObject({ total: USERS, eligible: USERS })
    expect(await db.selectFrom('userFlyApps').select('id').execute()).toEqual([])

    const moved = overApi(
      ...[
        'migrate-users',
        '--all',
        '--yes',
        '--per-minute',
        '6000',
        '--wave-size',
        '100',
        '--wave-pause',
        '0s',
      ],
      ...['--report', join(folder, 'moved.json'), '--json'],
    )
    for (const share of [0.2, 0.6]) {
      await waitFor(async () => (await active()) >= USERS * share, {
        what: `${share * 100} % to be there`,
        timeoutMs: TEST_TIMEOUT_MS,
      })
      stack.services.get('worker')?.kill('SIGKILL')
      await stack.restart('worker')
    }
    await moved

    expect(await active()).toBe(USERS)
    const rows = await db.selectFrom('userFlyApps').select(['userId', 'flyAppName', 'generation']).execute()
    expect(rows).toHaveLength(USERS)
    expect(new Set(rows.map(({ userId }) => userId)).size).toBe(USERS)
    expect(rows.every(({ generation }) => generation === 1)).toBe(true)
    const made = (await fly.applied('apps.create')).map(({ app }) => app)
    expect(made.toSorted()).toEqual(rows.map(({ flyAppName }) => flyAppName).toSorted())
    expect((await fly.applied('machines.create')).map(({ app }) => app).toSorted()).toEqual(made.toSorted())
    expect(await fly.applied('apps.delete')).toEqual([])
  },
  TEST_TIMEOUT_MS,
)
