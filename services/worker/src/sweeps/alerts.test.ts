/** The conditions in their finer points: who gets an alert of their own, when one is over, and what is no alarm. */
import { randomUUID } from 'node:crypto'
import { forgetOldAlerts, recordSweepIntervals, recordWebhookArrival } from '@hangar/db'
import { createLogger } from '@hangar/runtime'
import { useTestDatabase } from '@hangar/testkit'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { useConnection } from '../testing/rows.ts'
import { sweepAlerts } from './alerts.ts'

const database = useTestDatabase()
const { query } = useConnection(database)

let heads: { queue: 'provision' | 'sweep'; job: string }[] = []
const sweep = () =>
  sweepAlerts(
    {
      db: database.db,
      logger: createLogger({ service: 'worker', level: 'silent' }),
      listWaitingHeads: () => Promise.resolve(heads),
    },
    new AbortController().signal,
  )
type Alert = {
  kind: string
  subject: string
  severity: string
  message: string
  times: number
  open: boolean
}
const alerts = () =>
  query<Alert>(`select kind, subject, severity, message, times, resolved_at is null as open from hangar.alerts
    order by subject <> '', kind, id`)
const open = async () => (await alerts()).filter((alert) => alert.open)

beforeEach(async () => {
  heads = []
  await query(`truncate hangar.alerts, hangar.sweeps, hangar.queue_heads, hangar.webhook_arrivals,
    hangar.user_wants, hangar.user_work cascade`)
  await query(
    `update public.user_fly_apps set status = 'deleted', deleted_at = hangar.now() where deleted_at is null`,
  )
})

/** Apps that failed so often, `columns` as they are then. */
const failing = (count: number, retries: number, columns: Record<string, string> = {}) => {
  const names = Object.keys(columns).map((name) => `, ${name}`)
  const values = Object.values(columns).map((value) => `, ${value}`)
  return query<{ user_id: string }>(`
    insert into public.user_fly_apps (user_id, generation, fly_app_name, network, tier, region, image, cpu_kind, cpus,
      memory_mb, retry_count, error_code, error_message${names.join('')})
    select gen_random_uuid(), 1, 'app-' || gen_random_uuid(), 'n', 'pro', 'iad', 'i', 'shared', 2, 512, ${retries},
      'fly_internal', 'Fly said no'${values.join('')}
    from generate_series(1, ${count}) returning user_id`)
}
const set = (columns: string) => query(`update public.user_fly_apps set ${columns} where deleted_at is null`)

describe('work that keeps failing', () => {
  test.each([
    ['provision_failed', 'critical', {}],
    ['deprovision_failed', 'critical', { teardown_started_at: 'hangar.now()', deployed_at: 'hangar.now()' }],
    ['retries_high', 'warning', { deployed_at: 'hangar.now()', operation: "'resize'", status: "'active'" }],
  ] as const)(
    '%s: from the fourth failure in a row, counted with each more, over with success',
    async (kind, severity, columns) => {
      const [{ user_id: subject } = { user_id: '' }] = await failing(1, 3, columns)
      await sweep()
      expect(await open()).toEqual([])
      await set('retry_count = 4')
      await sweep()
      await sweep()
      expect(await open()).toMatchObject([{ kind, subject, severity, times: 1 }])
      await set('retry_count = 5')
      await sweep()
      expect(await open()).toMatchObject([
        { times: 2, message: expect.stringContaining('5 attempts: fly_internal, Fly said no') },
      ])
      // Asked to try again it counts from one, and nothing is better for it.
      await set('retry_count = 1')
      await sweep()
      expect(await open()).toHaveLength(1)
      await set('retry_count = 0')
      await sweep()
      expect(await open()).toEqual([])
    },
  )

  test('of somebody for whom not even a row could be made', async () => {
    const userId = randomUUID()
    await query(`insert into hangar.user_wants (user_id, wanted_version) values ('${userId}', 1)`)
    await query(`insert into hangar.user_work (user_id, failed_attempts, failed_reason, next_attempt_at)
      values ('${userId}', 4, 'fly_validation', hangar.now() + interval '1 hour')`)
    await sweep()
    expect(await open()).toMatchObject([
      { kind: 'provision_failed', subject: userId, message: 'no app after 4 attempts: fly_validation' },
    ])
  })

  test('of a crowd: 200 have alerts of their own, and one says that the cause is not in them', async () => {
    await failing(230, 4)
    await sweep()
    await sweep()
    const [crowd, ...own] = await open()
    expect(crowd).toMatchObject({
      subject: '',
      severity: 'critical',
      times: 1,
      message: expect.stringMatching(/^230 users/),
    })
    expect(own).toHaveLength(200)
    // Those who get better make room for nobody else's alert to be called over.
    await query(`update public.user_fly_apps set retry_count = 0 where user_id::text in (
      select subject from hangar.alerts where subject <> '' order by subject limit 100)`)
    await sweep()
    expect((await open()).filter(({ subject }) => subject !== '')).toHaveLength(130)
    expect((await open())[0]?.subject).not.toBe('')
  })
})

describe('a late sweep', () => {
  const age = (seconds: number) =>
    query(`update hangar.sweeps set expected_since = expected_since - interval '${seconds} seconds'`)

  test('is one that has not ended for two intervals and a minute; one that is not of this version is left alone', async () => {
    await recordSweepIntervals(database.db, [
      { id: 'health', everyMs: 300_000 },
      { id: 'retired', everyMs: 1_000 },
    ])
    await age(655)
    await sweep()
    expect(await open()).toEqual([])
    await age(10)
    // A scheduler that starts anew with the same intervals excuses nothing.
    await recordSweepIntervals(database.db, [{ id: 'health', everyMs: 300_000 }])
    await sweep()
    expect(await open()).toMatchObject([{ kind: 'sweep_late', subject: 'health' }])
    await recordSweepIntervals(database.db, [{ id: 'health', everyMs: 600_000 }])
    await sweep()
    expect(await open()).toEqual([])
  })
})

describe('a queue', () => {
  test('whose head is another one each time is busy, and not late; sweeps are waited for longer', async () => {
    const minutesPass = () =>
      query(`update hangar.queue_heads set first_seen_at = first_seen_at - interval '3 minutes'`)
    for (let n = 0; n < 3; n++) {
      heads = [
        { queue: 'provision', job: `job ${n}` },
        { queue: 'sweep', job: 'same' },
      ]
      await sweep()
      await minutesPass()
    }
    expect(await open()).toEqual([])
    await sweep()
    expect(await open()).toMatchObject([{ kind: 'queue_lag', subject: 'provision' }])
    await minutesPass()
    await sweep()
    expect((await open()).map(({ subject }) => subject)).toEqual(['provision', 'sweep'])
    heads = [
      { queue: 'provision', job: '' },
      { queue: 'sweep', job: 'other' },
    ]
    await sweep()
    expect(await open()).toEqual([])
  })
})

describe('the silence of webhooks', () => {
  const changes = (count: number, ago: string) =>
    query(`insert into hangar.user_wants (user_id, wanted_version, source, updated_at)
      select gen_random_uuid(), 1, 'trigger', hangar.now() - interval '${ago}' from generate_series(1, ${count})`)
  const lastWebhook = async (ago: string) => {
    await recordWebhookArrival(database.db)
    await query(`update hangar.webhook_arrivals set last_at = last_at - interval '${ago}'`)
  }
  const silences = async () => (await open()).filter(({ kind }) => kind === 'webhook_silence')

  test.each([
    ['none was ever set up', () => changes(10, '90 seconds')],
    [
      'two changes are chance',
      async () => {
        await lastWebhook('1 hour')
        await changes(2, '90 seconds')
      },
    ],
    [
      'one came after them',
      async () => {
        await lastWebhook('1 minute')
        await changes(10, '2 minutes')
      },
    ],
    [
      'they may be on their way',
      async () => {
        await lastWebhook('1 hour')
        await changes(10, '20 seconds')
      },
    ],
    [
      'it was days ago',
      async () => {
        await lastWebhook('5 days')
        await changes(10, '2 days')
      },
    ],
  ] as const)('is no alarm where %s', async (_why, arrange) => {
    await arrange()
    await sweep()
    expect(await silences()).toEqual([])
  })

  test('is one where three changes and more came since the last, or since it was set up', async () => {
    await lastWebhook('1 hour')
    await changes(3, '90 seconds')
    await sweep()
    expect(await silences()).toMatchObject([
      { message: expect.stringMatching(/^3 tier changes since the last webhook at /) },
    ])
    await query(`truncate hangar.webhook_arrivals, hangar.alerts cascade`)
    await query(`update hangar.host_mapping set installed_at = hangar.now() - interval '1 hour',
      mapping = mapping || '{"webhook": {"url": "https://hangar.example", "secret_name": "s"}}'`)
    await sweep()
    expect(await silences()).toMatchObject([
      { message: expect.stringMatching(/since the webhook was set up/) },
    ])
    await query(`update hangar.host_mapping set mapping = mapping - 'webhook'`)
  })

  test('is over with the next webhook, and not because the changes grew old', async () => {
    await lastWebhook('1 hour')
    await changes(3, '90 seconds')
    await sweep()
    await query(`update hangar.user_wants set updated_at = updated_at - interval '2 days'`)
    await sweep()
    expect(await silences()).toMatchObject([{ message: expect.stringMatching(/^3 tier changes/), times: 1 }])
    await recordWebhookArrival(database.db)
    await sweep()
    expect(await silences()).toEqual([])
  })
})

test('alerts that are over are forgotten after their time, and the oldest where there are too many; open ones never', async () => {
  await query(`insert into hangar.alerts (kind, subject, severity, message, resolved_at)
    select 'stuck', n::text, 'warning', 'm', hangar.now() - interval '1 day' * n from generate_series(1, 20) n`)
  await query(`insert into hangar.alerts (kind, subject, severity, message, first_at)
    values ('stuck', 'open', 'warning', 'm', hangar.now() - interval '1 year')`)
  const day = 24 * 3_600_000
  const rules = { resolvedForMs: 15.5 * day, mostResolved: 10, atOnce: 3 }
  expect(await forgetOldAlerts(database.db, rules)).toBe(3)
  for (let n = 0; n < 5; n++) await forgetOldAlerts(database.db, rules)
  const left = await query<{ subject: string }>('select subject from hangar.alerts order by id')
  expect(left.map(({ subject }) => subject)).toEqual([
    ...Array.from({ length: 10 }, (_, n) => `${n + 1}`),
    'open',
  ])
})
