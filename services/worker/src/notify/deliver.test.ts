/** What two real receivers get of alerts: once, in time, in bulk, and nothing secret. */
import { createHmac } from 'node:crypto'
import {
  acknowledgeAlert,
  claimMessage,
  listAlerts,
  type NewAlert,
  raiseAlert,
  recordSent,
  resolveAlert,
  retireChannel,
} from '@hangar/db'
import { useTestDatabase } from '@hangar/testkit'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { Webhook } from 'standardwebhooks'
import { useConnection } from '../testing/rows.ts'
import { deliver, type DeliveryDeps, PACE } from './deliver.ts'
import { createChannels } from './index.ts'
import { PLANTED, usePost } from './testing.ts'
import { webhookChannel } from './webhook.ts'

const database = useTestDatabase()
const post = usePost()
const { mailbox, hook } = post
const CHANNELS = ['mail', 'webhook'] as const

/** No pauses, and a failed message is due again at once: what is tested is what, not when. */
const QUICK = { ...PACE, firstWindowMs: 0, retryBaseMs: 0 }
const EVERYTHING: DeliveryDeps['routes'] = {
  info: ['mail', 'webhook'],
  warning: ['mail', 'webhook'],
  critical: ['mail', 'webhook'],
}

const deps = (changes: Partial<DeliveryDeps> = {}) =>
  post.deps(database.db, { pace: QUICK, routes: EVERYTHING, ...changes })
const round = async (changes?: Partial<DeliveryDeps>) => {
  const ended = []
  for (const name of CHANNELS) ended.push(await post.round(name, deps(changes)))
  return ended
}
const raise = (alert: Partial<NewAlert> = {}) =>
  raiseAlert(database.db, {
    kind: 'brake_engaged',
    subject: 'operator',
    severity: 'critical',
    message: 'an operator said so',
    ...alert,
  })
const { query } = useConnection(database)
const onDatabase = (text: string) => query(text)
const hookText = (at: number) =>
  hook.deliveries
    .at(at)
    ?.body.blocks.map(({ text }) => text.text)
    .join('\n')
const received = () => [mailbox.mails.length, hook.deliveries.length]

beforeEach(async () => {
  await onDatabase(
    'truncate hangar.alerts, hangar.alert_messages, hangar.alert_windows, hangar.alert_channels cascade',
  )
  mailbox.mails.length = 0
  hook.deliveries.length = 0
  Object.assign(mailbox, { refusal: null, refusedRecipients: [], hangs: false })
  Object.assign(hook, { status: 200, headers: {}, hangs: false })
})

describe('an alert', () => {
  test('is told at once, by mail and by webhook, once, and says what to do and where', async () => {
    await raise()
    expect(await round()).toEqual(['sent', 'sent'])
    expect(await round()).toEqual(['nothing', 'nothing'])
    const [mail] = mailbox.mails
    expect(mail).toMatchObject({
      subject: '[hangar vyx] critical: brake_engaged operator: an operator said so',
      from: { name: 'Hangar', address: 'hangar@ops.example' },
      recipients: ['ada@ops.example', 'grace@ops.example'],
    })
    for (const part of [
      'critical: brake_engaged, new',
      'operator: an operator said so',
      'docs/runbooks/brake_engaged.md',
      'Open now: 1 critical, 0 warning, 0 info.',
      'https://hangar.example/admin',
    ]) {
      expect(mail?.text).toContain(part)
      expect(hookText(0)).toContain(part)
    }
    expect(mail?.headers.find(({ key }) => key === 'list-id')?.value).toBe('"Hangar vyx" <alerts.vyx.hangar>')
    expect(mail?.headers.find(({ key }) => key === 'auto-submitted')?.value).toBe('auto-generated')
    expect(hook.deliveries[0]?.body.text).toBe(mail?.subject)
  })

  test('by webhook is signed as Standard Webhooks says', async () => {
    await raise()
    await round()
    const [delivery] = hook.deliveries
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = delivery!.headers
    const key = Buffer.from(PLANTED.ALERT_WEBHOOK_SECRET.slice('whsec_'.length), 'base64')
    const mac = createHmac('sha256', key)
      .update(`${String(id)}.${String(at)}.${delivery!.raw}`)
      .digest('base64')
    expect(signature).toBe(`v1,${mac}`)
    expect(id).toMatch(/^msg_[0-9a-f-]{36}$/)
  })

  test('by webhook is signed with both secrets while one replaces the other: either verifies it', async () => {
    const next = `whsec_${Buffer.from('the-next-hook-secret-24-bytes').toString('base64')}`
    const secrets = [PLANTED.ALERT_WEBHOOK_SECRET, next]
    const channel = webhookChannel({ url: hook.url, secrets }, { from: 'vyx', linkUrl: undefined })
    await raise()
    expect(await deliver(deps(), channel, new AbortController().signal)).toBe('sent')
    const { headers, raw } = hook.deliveries[0]!
    for (const secret of secrets)
      expect(() => new Webhook(secret).verify(raw, headers as Record<string, string>)).not.toThrow()
    expect(String(headers['webhook-signature']).split(' ')).toHaveLength(2)
  })

  test('that happens again is counted and not told again; that gets graver is', async () => {
    await raise({ kind: 'stuck', subject: 'u', severity: 'warning' })
    await round()
    await raise({ kind: 'stuck', subject: 'u', severity: 'warning' })
    expect(await round()).toEqual(['nothing', 'nothing'])
    await raise({ kind: 'stuck', subject: 'u', severity: 'critical', message: 'worse' })
    expect(await round()).toEqual(['sent', 'sent'])
    expect(mailbox.mails[1]?.text).toMatch(/critical: stuck, graver now[^]*worse \(3 times\)/)
  })

  test('that is over is told to be over; that comes back is told to be back', async () => {
    await raise()
    await round()
    await resolveAlert(database.db, 'brake_engaged', 'operator')
    await round()
    expect(mailbox.mails[1]?.subject).toBe('[hangar vyx] over: brake_engaged operator: an operator said so')
    expect(hookText(1)).toContain('critical: brake_engaged, over')
    await raise()
    await round()
    expect(mailbox.mails[2]?.text).toContain('critical: brake_engaged, again')
    expect(await round()).toEqual(['nothing', 'nothing'])
    expect(received()).toEqual([3, 3])
  })

  test('that began and ended between two messages is told of all the same', async () => {
    await raise({ kind: 'budget', severity: 'warning', subject: '' })
    await round()
    await raise()
    await resolveAlert(database.db, 'brake_engaged', 'operator')
    await round()
    expect(mailbox.mails[1]?.text).toContain('critical: brake_engaged, came and went')
    expect(await round()).toEqual(['nothing', 'nothing'])
  })

  test('goes where its severity is routed to, and nowhere else', async () => {
    const routes: DeliveryDeps['routes'] = { ...EVERYTHING, info: [], warning: ['webhook'] }
    for (const severity of ['info', 'warning', 'critical'] as const)
      await raise({ kind: 'stuck', subject: severity, severity })
    await round({ routes })
    expect(mailbox.mails[0]?.text).toContain('stuck, new')
    expect(mailbox.mails[0]?.text).not.toContain('UTC warning:')
    expect(hookText(0)).toContain('UTC warning:')
    expect(hookText(0)).toContain('UTC critical:')
    expect(hookText(0)).not.toContain('UTC info:')
    expect(await round({ routes })).toEqual(['nothing', 'nothing'])
  })
})

test('a kind that this version does not know, as in a deploy that is rolled back, is told by its bare name', async () => {
  await query(`insert into hangar.alerts (kind, subject, severity, message)
    values ('of_tomorrow', 'u', 'critical', 'raised by a newer version')`)
  expect(await round()).toEqual(['sent', 'sent'])
  for (const text of [mailbox.mails[0]?.text, hookText(0)])
    expect(text).toMatch(/critical: of_tomorrow, new\W+20.* u: raised by a newer version/)
})

describe('a critical alert that nobody acknowledges', () => {
  const hoursPass = (hours: number) =>
    onDatabase(`update hangar.alert_tellings set told_at = told_at - interval '${hours} hours'`)

  test('is told of again after 4 hours, then after ever longer, and four times at most', async () => {
    await raise()
    await round()
    for (const hours of [4, 8, 16, 32]) {
      await hoursPass(hours - 1)
      expect(await round()).toEqual(['nothing', 'nothing'])
      await hoursPass(1)
      expect(await round()).toEqual(['sent', 'sent'])
    }
    expect(mailbox.mails.at(-1)?.text).toContain('still open, nobody has acknowledged it')
    await hoursPass(1000)
    expect(await round()).toEqual(['nothing', 'nothing'])
  })

  test('is not, once somebody has', async () => {
    await raise()
    await round()
    const [alert] = await listAlerts(database.db, { limit: 1 })
    await database.db.transaction().execute((tx) => acknowledgeAlert(tx, alert!.id, 'user:ada'))
    await hoursPass(100)
    expect(await round()).toEqual(['nothing', 'nothing'])
  })
})

describe('a flood', () => {
  const pausePasses = (seconds: number) =>
    onDatabase(`update hangar.alert_windows set told_at = told_at - interval '${seconds} seconds'`)
  const many = (from: number, to: number) =>
    query(
      `insert into hangar.alerts (kind, subject, severity, message)
       select 'provision_failed', 'user-' || n, 'critical', 'no app' from generate_series(${from}, ${to}) n`,
    )

  test('of 1,000 failures in a minute is two messages: the first at once, and all the others', async () => {
    const pace = { pace: PACE }
    for (let step = 0; step < 10; step++) {
      await many(step * 100 + 1, step * 100 + 100)
      await round(pace)
      await pausePasses(5)
    }
    expect(received()).toEqual([1, 1])
    await pausePasses(10)
    await round(pace)
    expect(received()).toEqual([2, 2])
    expect(mailbox.mails[0]?.subject).toContain('provision_failed × 100')
    expect(mailbox.mails[1]?.subject).toContain('provision_failed × 900')
    for (const text of [mailbox.mails[1]?.text, hookText(1)]) {
      expect(text?.match(/user-\d+:/g)).toHaveLength(PACE.mostItems)
      expect(text).toContain('… and 895 more')
    }
    expect(await round(pace)).toEqual(['nothing', 'nothing'])
  })

  test('that goes on is told of ever more rarely, another kind at once, and after a pause all is as before', async () => {
    const pace = { pace: PACE }
    const gaps = []
    for (let minute = 0, last = 0; minute <= 70; minute++) {
      await many(minute, minute)
      if ((await post.round('mail', deps(pace))) === 'sent') {
        gaps.push(minute - last)
        last = minute
      }
      await pausePasses(60)
    }
    // 1, 2, 4, 8 minutes, and then what is critical waits no longer than a quarter of an hour.
    expect(gaps).toEqual([0, 1, 2, 4, 8, 15, 15, 15])
    await round(pace)
    await raise()
    expect(await post.round('mail', deps(pace))).toBe('sent')
    expect(mailbox.mails.at(-1)?.subject).toContain('brake_engaged')
    await pausePasses(3 * 3600)
    for (const [n, gap] of [
      [500, 0],
      [501, 60],
    ] as const) {
      await pausePasses(gap)
      await many(n, n)
      expect(await post.round('mail', deps(pace))).toBe('sent')
    }
  })
})

describe('a channel that fails', () => {
  test('keeps nobody from the other, which tells of it; later it gets the very message, and that it is over', async () => {
    mailbox.refusal = { code: 451, text: 'greylisted, and smtp-pass%word-1 is none of your business' }
    await raise()
    for (let n = 0; n < 3; n++) expect((await round())[0]).toBe('failed')
    expect(await listAlerts(database.db, { limit: 1 })).toMatchObject([
      { kind: 'channel_failing', subject: 'mail', severity: 'critical' },
    ])
    await raise({ kind: 'budget', subject: '' })
    await round()
    expect(hook.deliveries.map(({ body }) => body.text).join()).toMatch(
      /brake_engaged[^]*channel_failing mail: alerts do not get through by mail[^]*budget/,
    )
    expect(JSON.stringify(hook.deliveries)).not.toContain('smtp-pass')

    mailbox.refusal = null
    expect((await round())[0]).toBe('sent')
    expect(mailbox.mails[0]?.subject).toContain('brake_engaged')
    await round()
    expect(mailbox.mails[1]?.text).toContain('channel_failing, came and went')
    expect(mailbox.mails[1]?.text).toContain('budget, new')
    expect(hook.deliveries.at(-1)?.body.text).toContain('over: channel_failing mail')
  })

  test('for one recipient is told to the others, without an address, and to nobody twice', async () => {
    mailbox.refusedRecipients = ['grace@ops.example']
    await raise()
    expect((await round())[0]).toBe('sent')
    expect(await listAlerts(database.db, { limit: 1 })).toMatchObject([
      {
        kind: 'channel_failing',
        subject: 'mail recipients',
        message: 'the mail server refuses 1 of 2 recipients of alerts, at ops.example',
      },
    ])
    await round()
    expect(await round()).toEqual(['nothing', 'nothing'])
    expect(mailbox.mails.map(({ recipients }) => recipients)).toEqual([
      ['ada@ops.example'],
      ['ada@ops.example'],
    ])
    for (const text of [mailbox.mails[1]?.text, hookText(-1)]) {
      expect(text).toContain('mail recipients: the mail server refuses 1 of 2')
      expect(text).not.toContain('grace')
    }
    mailbox.refusedRecipients = []
    await resolveAlert(database.db, 'brake_engaged', 'operator')
    await round()
    await round()
    expect(mailbox.mails.at(-1)?.text).toContain('channel_failing, over')
  })

  test('and is then taken out of the configuration fails no more, and its message ends', async () => {
    mailbox.refusal = { code: 554, text: 'no' }
    await raise()
    for (let n = 0; n < 3; n++) await round()
    await claimMessage(database.db, { channel: 'mail', owner: 'worker-old', leaseMs: QUICK.leaseMs })
    const states = () => query(`select state from hangar.alert_messages where channel = 'mail'`)
    await retireChannel(database.db, 'mail')
    expect(await states()).toEqual([{ state: 'pending' }])
    await onDatabase(
      `update hangar.alert_messages set lease_expires_at = hangar.now() where owner is not null`,
    )
    await retireChannel(database.db, 'mail')
    expect(await states()).toEqual([{ state: 'given_up' }])
    await post.round('webhook', deps())
    expect(hook.deliveries.at(-1)?.body.text).toContain('over: channel_failing mail')
    // Named again, it tells of what is open then.
    mailbox.refusal = null
    expect(await post.round('mail', deps())).toBe('sent')
    expect(mailbox.mails[0]?.text).toContain('brake_engaged')
  })

  test('is tried again after ever longer pauses, as long as it asks for, and ten minutes at most', async () => {
    hook.status = 503
    await raise()
    const pauses = []
    for (let n = 0; n < 10; n++) {
      await onDatabase(`update hangar.alert_messages set next_try_at = hangar.now()`)
      await post.round('webhook', deps({ pace: PACE }))
      const [row] = await query<{ ms: number }>(
        `select round(extract(epoch from next_try_at - hangar.now()))::int as ms from hangar.alert_messages`,
      )
      pauses.push(row?.ms)
    }
    expect(pauses).toEqual([5, 10, 20, 40, 80, 160, 320, 600, 600, 600])
    Object.assign(hook, { status: 429, headers: { 'retry-after': '90' } })
    await onDatabase(`update hangar.alert_messages set next_try_at = hangar.now(), attempts = 0`)
    await post.round('webhook', deps({ pace: PACE }))
    expect(await post.round('webhook', deps({ pace: PACE }))).toBe('nothing')
    const [row] = await query<{ last_error: string; late: boolean }>(
      `select last_error, next_try_at > hangar.now() + interval '80 seconds' as late from hangar.alert_messages`,
    )
    expect(row).toEqual({ last_error: 'the webhook answered 429', late: true })
  })

  test('for a day: its message is given up, and what it said is told anew, as it is then', async () => {
    hook.status = 400
    await raise()
    await post.round('webhook', deps())
    await raise({ message: 'by now it is worse' })
    await onDatabase(`update hangar.alert_messages set created_at = created_at - interval '25 hours'`)
    await post.round('webhook', deps())
    hook.status = 200
    expect(await post.round('webhook', deps())).toBe('sent')
    expect(hook.deliveries[0]?.body.text).toContain('by now it is worse')
  })
})

describe('a worker that dies', () => {
  const claim = (owner: string) =>
    claimMessage(database.db, { channel: 'mail', owner, leaseMs: QUICK.leaseMs })
  const leaseEnds = () =>
    onDatabase(`update hangar.alert_messages set lease_expires_at = hangar.now() where owner is not null`)

  /** Up to the point at which a message is there and nobody has sent it. */
  async function pending(): Promise<void> {
    mailbox.refusal = { code: 451, text: 'later' }
    await raise()
    await post.round('mail', deps())
    mailbox.refusal = null
  }

  test('before it sent: another sends it, once the lease is over and not before', async () => {
    await pending()
    await claim('worker-dead')
    expect(await post.round('mail', deps())).toBe('nothing')
    await leaseEnds()
    expect(await post.round('mail', deps({ owner: 'worker-b' }))).toBe('sent')
    expect(mailbox.mails).toHaveLength(1)
  })

  test('after it sent and before it said so: that one message comes twice, under one id; what it says late counts no more', async () => {
    await pending()
    const claimed = (await claim('worker-dead'))!
    const [mail] = createChannels(post.config)
    await mail!.send(claimed, new AbortController().signal)
    await leaseEnds()
    expect(await post.round('mail', deps({ owner: 'worker-b' }))).toBe('sent')
    expect(await recordSent(database.db, 'mail', claimed)).toBe(false)
    expect(await post.round('mail', deps())).toBe('nothing')
    const [first, second, ...others] = mailbox.mails
    expect(others).toEqual([])
    expect(second?.messageId).toBe(first?.messageId)
    expect(second?.text).toBe(first?.text)
  })

  test('two at once send it once', async () => {
    await raise()
    await Promise.all(['a', 'b', 'c', 'd'].map((owner) => post.round('mail', deps({ owner }))))
    expect(mailbox.mails).toHaveLength(1)
  })
})

test('nothing secret goes out: not what this process knows, not what looks like a secret, nor a way to call a whole chat', async () => {
  const secrets = [
    PLANTED.FLY_API_TOKEN,
    PLANTED.HANGAR_MASTER_KEY,
    PLANTED.ALERT_WEBHOOK_SECRET,
    'planted-trace-key',
    'planted-db-password',
    'planted-redis-password',
    'smtp-pass%word-1',
    'hook-path-secret',
    'hgr_ab12_cd34_ef56',
    'sb_secret_planted',
    'eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl',
    'Bearer planted.bearer/token',
  ]
  for (const [n, secret] of secrets.entries())
    await raise({
      kind: 'stuck',
      subject: `user-${n} ${secret}`,
      message: `Fly said: ${secret}\r\nSubject: forged\n<!channel> <https://evil.example|click>`,
      details: { error: secret },
    })
  await round({ pace: { ...QUICK, mostItems: 100 } })
  const out = [mailbox.mails[0]?.raw, mailbox.mails[0]?.text, hook.deliveries[0]?.raw].join('\n')
  for (const secret of secrets) expect(out).not.toContain(secret.replace(/^(FlyV1|Bearer) /, ''))
  const stored = JSON.stringify(await query('select * from hangar.alert_messages'))
  for (const secret of secrets) expect(stored).not.toContain(secret.replace(/^(FlyV1|Bearer) /, ''))
  expect(mailbox.mails[0]?.text).toContain(
    'user-11 Bearer [redacted]: Fly said: Bearer [redacted] Subject: forged',
  )
  expect(mailbox.mails[0]?.headers.filter(({ key }) => key === 'subject')).toHaveLength(1)
  expect(hookText(0)).not.toContain('<!channel>')
  expect(hookText(0)).toContain('&lt;!channel&gt;')
})
