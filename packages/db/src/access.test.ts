import { randomUUID } from 'node:crypto'
import { createTestDatabase, createUser, useTestDatabase } from '@hangar/testkit'
import { describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import {
  endAdminSessionsOf,
  findAdminAccount,
  findAdminSession,
  forgetOldAdminSessions,
  insertAdminSession,
} from './admin-sessions.ts'
import { settleFailedProvisions, settleFindings } from './alert-conditions.ts'
import { composeMessage, forgetOldAlerts } from './alert-messages.ts'
import { claimMessage, recordSendFailure } from './alert-sending.ts'
import { createDatabase, type Database, type Tx } from './database.ts'
import { assertHostRowsVisible } from './host.ts'
import {
  claimIdempotencyKey,
  deleteOldIdempotencyKeys,
  fencedByClaim,
  releaseIdempotencyKey,
} from './idempotency.ts'
import { deleteOldInspections } from './inspections.ts'
import { migrateToLatest } from './migrate.ts'
import {
  recordQueueHeads,
  recordSweepCompleted,
  recordSweepIntervals,
  recordWebhookArrival,
} from './sightings.ts'
import { listDueNotices } from './user-notices.ts'
import { raiseWant } from './wants.ts'
import { claimLease, finishWork, withFence } from './work.ts'
import { insertApp } from './apps.ts'
import { insertEvent } from './events.ts'
import { anApp } from './test-data.ts'

/** Runs as a role of the database, and takes everything back. */
async function asRole<T>(db: Database, role: string, use: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().execute(async (tx) => {
    await sql`set local role ${sql.ref(role)}`.execute(tx)
    return use(tx)
  })
}

const reachable = (db: Database) =>
  sql<{ name: string }>`
    select role || ' ' || object as name from (values ('anon'), ('authenticated')) r (role)
    cross join lateral (
      select c.oid::regclass::text as object from pg_class c
      where (c.relnamespace = 'hangar'::regnamespace or c.relname like 'user_fly_app%') and c.relkind in ('r', 'v')
        and has_table_privilege(role, c.oid, 'select, insert, update, delete, truncate, references, trigger')
      union all
      select p.oid::regprocedure::text from pg_proc p
      where p.pronamespace = 'hangar'::regnamespace and has_function_privilege(role, p.oid, 'execute')
      union all
      select c.oid::regclass::text from pg_class c
      where (c.relnamespace = 'hangar'::regnamespace or c.relname like 'user_fly_app%') and c.relkind = 'S'
        and has_sequence_privilege(role, c.oid, 'usage, select, update')
      union all
      select 'schema hangar' where has_schema_privilege(role, 'hangar', 'usage')
    ) o`.execute(db)

/** Each statement by which people are told of something, from the condition to the end of the rows. */
async function tellsPeople(db: Database): Promise<void> {
  await settleFailedProvisions(db, 10)
  await settleFindings(db, 'queue_lag', [
    { subject: 'provision', severity: 'critical', message: 'm', details: {} },
  ])
  await recordSweepIntervals(db, [{ id: 'health', everyMs: 1000 }])
  await recordSweepCompleted(db, 'health')
  await recordQueueHeads(db, [{ queue: 'provision', job: 'j' }])
  await recordWebhookArrival(db)
  const pause = { firstWindowMs: 0, longestWindowMs: 0, longestCriticalWindowMs: 0 }
  const rules = { ...pause, remindAfterMs: 1000, mostReminders: 1, mostItems: 1 }
  const told = { ...rules, channel: 'mail', severities: ['critical'] } as const
  expect(await composeMessage(db, told, randomUUID(), (digest) => digest)).toBe(true)
  for (const giveUpAfterMs of [60_000, 0]) {
    const message = (await claimMessage(db, { channel: 'mail', owner: 'w', leaseMs: 1000 }))!
    const failure = { error: 'e', retryInMs: 0, tellAfter: 1, giveUpAfterMs }
    await recordSendFailure(db, 'mail', message, failure)
  }
  await settleFindings(db, 'queue_lag', [])
  await forgetOldAlerts(db, { resolvedForMs: -60_000, mostResolved: 0, atOnce: 10 })
  expect(await listDueNotices(db, 1)).toEqual([])
}

/** Each statement of a session in the browser, from signing in to being forgotten. */
async function keepsSessions(db: Database, userId: string): Promise<void> {
  expect(await findAdminAccount(db, userId)).toMatchObject({ standing: 'no_role' })
  const tokenHash = Buffer.alloc(32, 1)
  const who = { kind: 'person', userId, actor: `user:${userId}`, email: null, role: 'viewer' } as const
  await insertAdminSession(db, { ...who, tokenHash, secondFactor: false, maxMs: 60_000, notAfter: null })
  const rules = { idleMs: 60_000, recheckAfterMs: 0, keyMarks: [], isUse: true }
  // The account has no role of ours: looking at the session ends it.
  expect(await findAdminSession(db, tokenHash, rules)).toBeNull()
  expect(await endAdminSessionsOf(db, who.actor, 'signed_out_everywhere')).toBe(0)
  await forgetOldAdminSessions(db)
}

/** Deletes, whatever there is to delete. */
async function forgetsWhatIsOld(db: Database): Promise<void> {
  const key = { actor: 'a', key: 'k' }
  const claim = await claimIdempotencyKey(db, key, { fingerprint: 'f', requestId: 'r', lockMs: 1000 })
  if (claim.kind !== 'claimed') throw new Error(`it is ${claim.kind}`)
  const held = { ...key, claimId: claim.claimId }
  await fencedByClaim(db, held)
    .transaction()
    .execute(() => Promise.resolve())
  await releaseIdempotencyKey(db, held)
  expect(await deleteOldIdempotencyKeys(db, 10)).toBe(0)
  expect(await deleteOldInspections(db, 10)).toBe(0)
}

describe('who may touch what', () => {
  const t = useTestDatabase()

  test('anon and authenticated reach nothing of ours', async () => {
    expect((await reachable(t.db)).rows).toEqual([])
  })

  test('nor where the old default privileges of Supabase give them everything', async () => {
    const old = await createTestDatabase({ template: 'empty' })
    try {
      for (const kind of ['tables', 'functions', 'sequences'])
        await sql`alter default privileges grant all on ${sql.raw(kind)} to anon, authenticated, service_role`.execute(
          old.db,
        )
      await migrateToLatest(old.url)
      expect((await reachable(old.db)).rows).toEqual([])
      await expect(
        asRole(old.db, 'service_role', (tx) => sql`delete from public.user_fly_apps`.execute(tx)),
      ).rejects.toThrow('permission denied')
    } finally {
      await old.drop()
    }
  })

  test('every function has a fixed search path; every public table has row-level security', async () => {
    const { rows } = await sql<{ name: string }>`
      select p.oid::regprocedure::text as name from pg_proc p
      where p.pronamespace = 'hangar'::regnamespace and not coalesce(p.proconfig @> array['search_path=""'], false)
      union all
      select c.oid::regclass::text from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and not c.relrowsecurity`.execute(
      t.db,
    )
    expect(rows).toEqual([])
  })

  test('no function with the rights of its owner can be called by clients, in whatever schema', async () => {
    const { rows } = await sql<{ name: string }>`
      select p.oid::regprocedure::text as name from pg_proc p
      where p.prosecdef and p.pronamespace <> 'pg_catalog'::regnamespace
        and (has_function_privilege('anon', p.oid, 'execute') or has_function_privilege('authenticated', p.oid, 'execute'))`.execute(
      t.db,
    )
    expect(rows).toEqual([])
  })

  test('service_role reads apps and events and writes neither', async () => {
    const { userId } = await createUser(t.db)
    await t.db.transaction().execute((tx) => insertApp(tx, anApp(userId)))
    const seen = await asRole(t.db, 'service_role', (tx) =>
      tx.selectFrom('userFlyApps').select('userId').where('userId', '=', userId).execute(),
    )
    expect(seen).toEqual([{ userId }])
    const write = asRole(t.db, 'service_role', (tx) =>
      sql`update public.user_fly_apps set status = 'active'`.execute(tx),
    )
    await expect(write).rejects.toThrow('permission denied')
  })
})

describe('a login role of its own for the services', () => {
  const t = useTestDatabase()

  async function withLogin(
    options: string,
    use: (db: Database, role: string) => Promise<void>,
  ): Promise<void> {
    const role = `hangar_test_${Math.random().toString(36).slice(2)}`
    await sql`create role ${sql.ref(role)} login password 'secret' ${sql.raw(options)}`.execute(t.db)
    await sql`select hangar.grant_service(${role}::regrole)`.execute(t.db)
    await sql`grant select on public.user_subscriptions, public.user_profiles, public.traders to ${sql.ref(role)}`.execute(
      t.db,
    )
    const url = new URL(t.url)
    url.username = role
    url.password = 'secret'
    const db = createDatabase({ connectionString: url.href, applicationName: 'test', maxConnections: 2 })
    try {
      await use(db, role)
    } finally {
      await db.destroy()
      await sql`drop owned by ${sql.ref(role)}`.execute(t.db)
      await sql`drop role ${sql.ref(role)}`.execute(t.db)
    }
  }

  test('does all of the work with what grant_service gives it, and rewrites no history', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    await withLogin('bypassrls', async (db) => {
      await assertHostRowsVisible(db)
      await raiseWant(db, userId, 'manual', { enroll: true })
      const { lease, want } = (await claimLease(db, { userId, owner: 'w', ttlMs: 60_000 }))!
      await withFence(db, lease, async (tx) => {
        const app = await insertApp(tx, anApp(userId))
        await insertEvent(tx, {
          userFlyAppId: app.id,
          userId,
          eventType: 'provision_started',
          status: 'started',
          actor: 'w',
        })
      })
      await finishWork(db, lease, { kind: 'done', doneVersion: want.wantedVersion })
      await tellsPeople(db)
      await keepsSessions(db, userId)
      await forgetsWhatIsOld(db)
      for (const statement of [
        'update public.user_fly_app_events set actor = null',
        'delete from public.user_fly_apps',
      ])
        await expect(sql`${sql.raw(statement)}`.execute(db)).rejects.toThrow('permission denied')
    })
  })

  test('that row-level security blinds is told so, instead of seeing an empty product', async () => {
    await createUser(t.db, { tier: 'pro' })
    await withLogin('', async (db, role) => {
      await expect(assertHostRowsVisible(db)).rejects.toMatchObject({ code: 'host_rows_hidden' })
      for (const table of ['user_subscriptions', 'user_profiles', 'traders'])
        await sql`create policy hangar_reads on public.${sql.ref(table)} for select to ${sql.ref(role)} using (true)`.execute(
          t.db,
        )
      await assertHostRowsVisible(db)
    })
  })
})

describe('assertHostRowsVisible', () => {
  const t = useTestDatabase({ template: 'empty' })

  test('an empty, installed host is fine; a database without an installed host is not', async () => {
    await migrateToLatest(t.url)
    await expect(assertHostRowsVisible(t.db)).rejects.toMatchObject({ code: 'host_not_installed' })
  })
})
