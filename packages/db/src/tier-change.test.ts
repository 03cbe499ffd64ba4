import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { createUser, setTier, useTestDatabase } from '@hangar/testkit'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { CompiledQuery, sql } from 'kysely'
import pg from 'pg'
import { DEFAULT_HOST_MAPPING, installHost } from './install-host.ts'
import { findWant } from './wants.ts'

describe('the want that a tier change raises', () => {
  const t = useTestDatabase()

  test('is raised by INSERT, by UPDATE of tier or status, and by DELETE, which leaves its mark', async () => {
    const { userId } = await createUser(t.db, { tier: 'free' })
    expect(await findWant(t.db, userId)).toMatchObject({ wantedVersion: 1, source: 'trigger' })
    await setTier(t.db, userId, 'pro')
    await setTier(t.db, userId, 'pro', 'past_due')
    const want = await findWant(t.db, userId)
    expect(want).toMatchObject({ wantedVersion: 3, hostRowDeletedAt: null })
    expect(want?.enrolledAt).toBeInstanceOf(Date)
    expect(want?.hostRowSeenAt).toBeInstanceOf(Date)

    await sql`delete from public.user_subscriptions where user_id = ${userId}`.execute(t.db)
    const gone = await findWant(t.db, userId)
    expect(gone?.wantedVersion).toBe(4)
    expect(gone?.hostRowDeletedAt).toBeInstanceOf(Date)
    expect(gone?.enrolledAt).toEqual(want?.enrolledAt)

    await setTier(t.db, userId, 'elite')
    expect(await findWant(t.db, userId)).toMatchObject({ wantedVersion: 5, hostRowDeletedAt: null })
  })

  test('is not raised by an UPDATE that changes neither tier nor status', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    await setTier(t.db, userId, 'pro', 'active')
    expect(await findWant(t.db, userId)).toMatchObject({ wantedVersion: 1 })
  })

  test('is raised once for each change in one transaction, and rolls back with it', async () => {
    const { userId } = await createUser(t.db, { tier: 'free' })
    const rolledBack = t.db.transaction().execute(async (tx) => {
      await setTier(tx, userId, 'pro')
      await setTier(tx, userId, 'elite')
      expect(await findWant(tx, userId)).toMatchObject({ wantedVersion: 3 })
      throw new Error('the host changed its mind')
    })
    await expect(rolledBack).rejects.toThrow('changed its mind')
    expect(await findWant(t.db, userId)).toMatchObject({ wantedVersion: 1 })
  })

  test('is raised by the cascade when the whole user is deleted', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    await sql`delete from auth.users where id = ${userId}`.execute(t.db)
    expect((await findWant(t.db, userId))?.hostRowDeletedAt).toBeInstanceOf(Date)
  })

  test('is raised for both when a row passes from one user to another', async () => {
    const { userId } = await createUser(t.db, { tier: 'pro' })
    const heir = await createUser(t.db, { tier: null })
    await sql`update public.user_subscriptions set user_id = ${heir.userId} where user_id = ${userId}`.execute(
      t.db,
    )
    expect((await findWant(t.db, userId))?.hostRowDeletedAt).toBeInstanceOf(Date)
    expect(await findWant(t.db, heir.userId)).toMatchObject({ wantedVersion: 1, hostRowDeletedAt: null })
  })

  test('is raised whoever writes, however little that role may do', async () => {
    const { userId } = await createUser(t.db, { tier: 'free' })
    await t.db.transaction().execute(async (tx) => {
      await sql`set local role service_role`.execute(tx)
      await setTier(tx, userId, 'pro')
    })
    expect(await findWant(t.db, userId)).toMatchObject({ wantedVersion: 2 })
  })
})

type Request = { url: string; headers: Record<string, string>; body: Buffer; timeoutMilliseconds: number }

describe('the webhook that a tier change sends', () => {
  const t = useTestDatabase({ maxConnections: 1 })
  const key = randomBytes(32)
  const secret = `whsec_${key.toString('base64')}`
  const url = 'https://hangar.example/webhooks/supabase'

  beforeAll(async () => {
    await installHost(t.db, {
      ...DEFAULT_HOST_MAPPING,
      webhook: { url, secret_name: 'hangar_webhook_secret' },
    })
    await setSecret(secret)
  })
  afterEach(() => sql`delete from net.http_request_queue`.execute(t.db))

  const setSecret = async (value: string) => {
    await sql`insert into vault.secrets (name, secret) values ('hangar_webhook_secret', ${value})
      on conflict (name) do update set secret = excluded.secret`.execute(t.db)
  }
  const queued = async () => {
    const { rows } = await sql<Request>`
      select url, headers, body, timeout_milliseconds from net.http_request_queue order by id`.execute(t.db)
    return rows
  }
  /** As Standard Webhooks says: HMAC-SHA256 over id, time and the very bytes of the body. */
  const signatureOf = (request: Request) => {
    const { 'webhook-id': id, 'webhook-timestamp': at } = request.headers
    const mac = createHmac('sha256', key)
      .update(`${id ?? ''}.${at ?? ''}.`)
      .update(request.body)
    return `v1,${mac.digest('base64')}`
  }

  test('is signed, and carries the mapped columns and nothing else of the row', async () => {
    const { userId } = await createUser(t.db, { tier: 'free', status: 'aktiv – früher' })
    await setTier(t.db, userId, 'pro')
    await sql`delete from public.user_subscriptions where user_id = ${userId}`.execute(t.db)
    const requests = await queued()
    expect(requests).toHaveLength(3)
    for (const request of requests) {
      expect(request.url).toBe(url)
      expect(request.headers['webhook-signature']).toBe(signatureOf(request))
      expect(
        Math.abs(Number(request.headers['webhook-timestamp']) - Date.parse(await databaseTime()) / 1000),
      ).toBeLessThan(60)
    }
    const row = (tier: string) => ({ user_id: userId, tier, status: 'aktiv – früher' })
    const at = { schema: 'public', table: 'user_subscriptions' }
    expect(requests.map(({ body }) => JSON.parse(body.toString('utf8')) as unknown)).toEqual([
      { ...at, type: 'INSERT', record: row('free'), old_record: null },
      { ...at, type: 'UPDATE', record: row('pro'), old_record: row('free') },
      { ...at, type: 'DELETE', record: null, old_record: row('pro') },
    ])
    expect(requests.map(({ headers }) => headers['webhook-id'])).toEqual(
      [1, 2, 3].map((version) => `msg_${userId}_${version}`),
    )
  })

  test('is not sent when the transaction rolls back', async () => {
    const { userId } = await createUser(t.db, { tier: 'free' })
    await sql`delete from net.http_request_queue`.execute(t.db)
    const undone = t.db.transaction().execute(async (tx) => {
      await setTier(tx, userId, 'pro')
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    expect(await queued()).toEqual([])
  })

  const databaseTime = async () => {
    const { rows } = await sql<{ at: Date }>`select hangar.now() as at`.execute(t.db)
    return rows[0]!.at.toISOString()
  }

  const failingPost = (body: string) => `
    create or replace function net.http_post(url text, body jsonb default '{}', params jsonb default '{}',
      headers jsonb default '{}', timeout_milliseconds integer default 5000) returns bigint language plpgsql
    as $$ begin ${body} end $$`

  test.each<[what: string, breakage: string, warned: boolean]>([
    ['the Vault has no such secret', 'delete from vault.secrets', true],
    ['the secret is not base64', `update vault.secrets set secret = 'whsec_!!not base64!!'`, true],
    [
      'the Vault cannot be read',
      'alter view vault.decrypted_secrets rename column decrypted_secret to other',
      true,
    ],
    ['there is no Vault', 'drop schema vault cascade', false],
    ['there is no pg_net', 'drop schema net cascade', false],
    ['pg_net raises, quoting its input', failingPost(`raise exception 'cannot send %', headers;`), true],
    ['pg_net divides by zero', failingPost('return 1 / 0;'), true],
    ['pg_net has lost its queue', 'drop table net.http_request_queue', true],
    ['the mapping is broken', `update hangar.host_mapping set mapping = '{"webhook": 1}'`, true],
    ['the mapping is gone', 'delete from hangar.host_mapping', false],
  ])('does not touch the user’s write when %s', async (_what, breakage, warned) => {
    const { userId } = await createUser(t.db, { tier: 'free' })
    const { warnings, want } = await brokenBy(breakage, userId)
    expect(want).toBe(2)
    expect(warnings).toHaveLength(warned ? 1 : 0)
    for (const warning of warnings) {
      expect(warning).toMatch(/^hangar: tier webhook not sent/)
      expect(warning).not.toContain(key.toString('base64'))
      expect(warning).not.toContain('v1,')
    }
  })

  test('does not hold up the user’s write for long when the request queue is locked', async () => {
    const { userId } = await createUser(t.db, { tier: 'free' })
    const locker = new pg.Client(t.url)
    await locker.connect()
    try {
      await locker.query('begin; lock table net.http_request_queue in access exclusive mode')
      await setTier(t.db, userId, 'pro')
      expect(await findWant(t.db, userId)).toMatchObject({ wantedVersion: 2 })
    } finally {
      await locker.end()
    }
  })

  /** Breaks something, changes the tier in the same transaction, looks, and takes all of it back. */
  async function brokenBy(breakage: string, userId: string) {
    const client = new pg.Client(t.url)
    const warnings: string[] = []
    client.on('notice', ({ severity, message }) => {
      if (severity === 'WARNING') warnings.push(message ?? '')
    })
    await client.connect()
    try {
      await client.query('begin')
      await client.query(breakage)
      await client.query(`update public.user_subscriptions set tier = 'pro' where user_id = $1`, [userId])
      const { rows } = await client.query<{ wanted: number }>(
        `select wanted_version::int as wanted from hangar.user_wants where user_id = $1`,
        [userId],
      )
      await client.query('rollback')
      return { warnings, want: rows[0]?.wanted }
    } finally {
      await client.end()
    }
  }
})

describe('hangar.hmac_sha256', () => {
  const t = useTestDatabase()

  test.each([1, 20, 63, 64, 65, 200])('agrees with Node for a key of %i bytes', async (length) => {
    const key = randomBytes(length)
    const message = Buffer.from(`Grüße ${randomUUID()}`)
    const { rows } = await t.db.executeQuery<{ mac: Buffer }>(
      CompiledQuery.raw('select hangar.hmac_sha256($1, $2) as mac', [message, key]),
    )
    expect(rows[0]?.mac).toEqual(createHmac('sha256', key).update(message).digest())
  })
})
