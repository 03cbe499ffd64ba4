/**
 * Upgrading, installing and taking off on a product in use, with 100,000 users whose tiers change all the while and with
 * transactions that stay open: no statement of the product's waits for a lock longer than a tenth of a second. The server
 * itself notes every wait that does (log_lock_waits), with the name of who waits.
 */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runSql, startPostgres, waitFor, type LocalPostgres } from '@hangar/testkit/local'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { loadBaseline } from './baseline.ts'
import { createDatabase, type Database } from './database.ts'
import { DEFAULT_HOST_MAPPING, installHost, uninstallHost } from './install-host.ts'
import { migrateToLatest, readMigrations } from './migrate.ts'
import { migrationsDirectory } from './paths.ts'
import {
  createServiceRole,
  makePassword,
  findServiceRoles,
  grantServiceRole,
  openHost,
  SERVICE_KINDS,
} from './service-roles.ts'

const USERS = 100_000
const WRITERS = 4
const LONGEST_WAIT_MS = 100
const MAPPING = {
  ...DEFAULT_HOST_MAPPING,
  webhook: { url: 'https://hangar.example/webhooks/supabase', secret_name: 'hangar_webhook_secret' },
}

let server: LocalPostgres
beforeAll(async () => {
  server = await startPostgres()
  await runSql(
    server.url,
    `alter system set deadlock_timeout = '${LONGEST_WAIT_MS}ms'`,
    'alter system set log_lock_waits = on',
    `alter system set log_line_prefix = '[%a %p] '`,
    'select pg_reload_conf()',
  )
})
afterAll(() => server.stop())

/** The product's users, and Hangar as it was after so many migrations. */
async function productAt(released: number): Promise<string> {
  const name = `from_${released}`
  await runSql(server.url, `create database ${name}`)
  const url = server.urlOf(name)
  await loadBaseline(url)
  const folder = await mkdtemp(join(tmpdir(), 'hangar-released-'))
  for (const file of (await readdir(migrationsDirectory))
    .filter((one) => one.endsWith('.sql'))
    .sort()
    .slice(0, released))
    await cp(join(migrationsDirectory, file), join(folder, file))
  await migrateToLatest(url, { migrationsDir: folder })
  await rm(folder, { recursive: true })
  await runSql(
    url,
    `select hangar.install_host('${JSON.stringify(MAPPING)}')`,
    `select vault.create_secret('whsec_${Buffer.alloc(32, 1).toString('base64')}', 'hangar_webhook_secret')`,
    'set session_replication_role = replica',
    `insert into public.user_profiles (id, email)
     select md5(n::text)::uuid, n || '@example.com' from generate_series(0, ${USERS - 1}) n`,
    `insert into public.user_subscriptions (user_id, tier)
     select id, case when random() < 0.1 then 'pro' else 'free' end from public.user_profiles`,
    'analyze',
  )
  return url
}

type Traffic = { statements: () => number; end: () => Promise<void> }

/** Each writer has users of its own, so that they never wait for each other; every tenth of its transactions stays open. */
function startTraffic(url: string): Traffic {
  const db = createDatabase({ connectionString: url, applicationName: 'product', maxConnections: WRITERS })
  let ended = false
  let statements = 0
  const write = async (writer: number) => {
    for (let round = 0; !ended; round++) {
      const user = `${(round * WRITERS + writer) % USERS}`
      await db.transaction().execute(async (tx) => {
        await sql`update public.user_subscriptions set tier = case tier when 'pro' then 'free' else 'pro' end
          where user_id = md5(${user})::uuid`.execute(tx)
        if (round % 10 === 0) await sql`select pg_sleep(0.02)`.execute(tx)
      })
      statements++
    }
  }
  const writers = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
  return {
    statements: () => statements,
    end: async () => {
      ended = true
      await writers.finally(() => db.destroy())
    },
  }
}

/** As the server has noted them: who of the product waited for longer, and for what. */
const waits = () =>
  server
    .logs()
    .split('\n')
    .filter((line) => /^\[product \d+\].* still waiting for /.test(line))

async function flowing(traffic: Traffic, what: string): Promise<void> {
  const before = traffic.statements()
  await waitFor(() => traffic.statements() > before + 20, { what: `tier changes ${what}`, timeoutMs: 30_000 })
}

describe.each([[7], [13]])('from the release of migration %i', (released) => {
  test('to this one, installed anew with roles, taken off and put back: nobody of the product waits', async () => {
    const url = await productAt(released)
    const db = createDatabase({ connectionString: url, applicationName: 'operator', maxConnections: 2 })
    const traffic = startTraffic(url)
    try {
      await flowing(traffic, 'before')
      const { applied } = await migrateToLatest(url)
      expect(applied).toEqual((await readMigrations()).slice(released).map(({ name }) => name))
      await flowing(traffic, 'after the migrations')
      await installHost(db, MAPPING)
      await giveRoles(db)
      await flowing(traffic, 'after the install')
      await uninstallHost(db)
      await flowing(traffic, 'without the trigger')
      await installHost(db, MAPPING)
      await openHost(db)
      await flowing(traffic, 'with it again')
    } finally {
      await traffic.end()
      await db.destroy()
    }
    expect(waits()).toEqual([])
  }, 300_000)
})

async function giveRoles(db: Database): Promise<void> {
  const there = await findServiceRoles(db)
  for (const kind of SERVICE_KINDS) {
    if (!there.includes(kind)) await createServiceRole(db, kind, makePassword())
    await grantServiceRole(db, kind)
  }
  await openHost(db)
}

test('a wait that is longer would be noted', async () => {
  const url = server.urlOf('from_13')
  const holder = createDatabase({ connectionString: url, applicationName: 'operator', maxConnections: 1 })
  const product = createDatabase({ connectionString: url, applicationName: 'product', maxConnections: 1 })
  try {
    let update: Promise<unknown> | undefined
    await holder.transaction().execute(async (tx) => {
      await sql`lock table public.user_subscriptions in share row exclusive mode`.execute(tx)
      update = sql`update public.user_subscriptions set tier = 'free' where false`.execute(product)
      await waitFor(() => waits().length > 0, { what: 'the wait to be noted' })
    })
    await update
  } finally {
    await Promise.all([holder.destroy(), product.destroy()])
  }
})
