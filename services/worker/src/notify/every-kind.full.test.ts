/**
 * Every kind of alert there is, provoked on real parts (PostgreSQL, Redis, the Fly stand-in), read from a real inbox and
 * a real HTTP receiver, cured, and read to be over. A kind without a way to provoke it does not compile.
 */
import { randomUUID } from 'node:crypto'
import { ALERT_KINDS, type AlertKind, BRAKE_NAMES } from '@hangar/core'
import {
  type AppRow,
  changeBulk,
  confirmReleased,
  insertBulk,
  raiseAlert,
  raiseWant,
  recordDrained,
  recordSweepCompleted,
  recordSweepIntervals,
  recordWebhookArrival,
  releaseBrake,
  resolveAlert,
  writeSetting,
  takeTraders,
  turnWave,
} from '@hangar/db'
import {
  closeQueues,
  closeRedis,
  createQueues,
  createRedis,
  listWaitingHeads,
  type Queues,
  wake,
} from '@hangar/jobs'
import { createUser, setTier, useTestRedis, waitFor } from '@hangar/testkit'
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals'
import { reconcileUser } from '../reconcile/job.ts'
import { sweepAlerts } from '../sweeps/alerts.ts'
import { sweepCost } from '../sweeps/cost.ts'
import { sweepDifferences } from '../sweeps/differences.ts'
import { sweepGuards } from '../sweeps/guards.ts'
import { sweepHealth } from '../sweeps/health.ts'
import { sweepOrphans } from '../sweeps/orphans.ts'
import { sweepStuck } from '../sweeps/stuck.ts'
import { useEngine } from '../testing/engine.ts'
import { useConnection } from '../testing/rows.ts'
import { PACE } from './deliver.ts'
import { usePost } from './testing.ts'
import { tellUsers } from './users.ts'

const engine = useEngine()
const { query } = useConnection(engine.database)
const server = useTestRedis()
const post = usePost({ ALERT_ROUTES: 'critical:mail+webhook,warning:mail+webhook,info:mail+webhook' })
const { mailbox, hook } = post
const never = new AbortController().signal
const db = () => engine.database.db

let queues: Queues
beforeAll(async () => {
  const redis = createRedis({ url: server.url, role: 'producer', name: 'test' })
  queues = createQueues({ redis, prefix: server.prefix })
  await waitFor(() => redis.status === 'ready', { what: 'Redis' })
})
afterAll(async () => {
  await closeQueues(queues)
  await closeRedis(queues.redis)
})

const deps = () => post.deps(db(), { pace: { ...PACE, firstWindowMs: 0, retryBaseMs: 0, mostItems: 50 } })
const tellByMail = () => post.round('mail', deps())
const tellByWebhook = () => post.round('webhook', deps())
const alerts = () => sweepAlerts({ ...engine.deps, listWaitingHeads: () => listWaitingHeads(queues) }, never)

/** How it is brought about, and how it is cured. The subject is what the message has to name. */
type Provoked = { subject: string; says: RegExp; cure: () => Promise<unknown> }

const fail = (operation: string) => engine.sim.sim.faults.add({ kind: 'internal', match: { operation } })

/** Tried until it is given up, as the queue would; the cure is that Fly works again and somebody asks. */
async function givenUp(userId: string): Promise<() => Promise<unknown>> {
  for (let attempt = 0; attempt < 4; attempt++) {
    await reconcileUser(engine.deps, userId, never)
    await query(`update hangar.user_work set next_attempt_at = hangar.now() where user_id = '${userId}'`)
  }
  return async () => {
    engine.sim.sim.faults.clear()
    await raiseWant(db(), userId, 'operator')
    await engine.drive(userId)
    await alerts()
  }
}

async function active(): Promise<AppRow> {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  await query(
    `update public.user_fly_apps set launched_at = launched_at - interval '1 hour' where user_id = '${userId}'`,
  )
  return engine.live(userId)
}

async function notifications(on: boolean): Promise<void> {
  const notifications = `'{"notifications": {"table": "public.notifications", "user_id": "user_id", "title": "title",
    "body": "body", "kind": "kind"}}'::jsonb`
  await query(`select hangar.install_host(mapping ${on ? `|| ${notifications}` : "- 'notifications'"})
    from hangar.host_mapping`)
}

const PROVOKE: Record<AlertKind, () => Promise<Provoked>> = {
  provision_failed: async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    fail('machines.create')
    const cure = await givenUp(userId)
    await alerts()
    return { subject: userId, says: /no app after 4 attempts: fly_/, cure }
  },
  deprovision_failed: async () => {
    const { userId } = await active()
    await setTier(db(), userId, 'free')
    fail('machines.stop')
    const cure = await givenUp(userId)
    await alerts()
    return { subject: userId, says: /not taken down after 4 attempts: fly_/, cure }
  },
  retries_high: async () => {
    const { userId } = await active()
    await setTier(db(), userId, 'elite')
    fail('machines.stop')
    const cure = await givenUp(userId)
    await alerts()
    return { subject: userId, says: /resize on an app that is up failed in 4 attempts: fly_/, cure }
  },
  app_unhealthy: async () => {
    const { userId } = await active()
    const beat = (moment: string) =>
      query(`update hangar.app_heartbeats set last_heartbeat_at = ${moment} where user_id = '${userId}'`)
    await beat("hangar.now() - interval '1 hour'")
    for (let look = 0; look < 2; look++) await sweepHealth(engine.deps, never)
    const cure = async () => {
      await beat('hangar.now()')
      await sweepHealth(engine.deps, never)
    }
    return { subject: userId, says: /unhealthy at 2 looks in a row: no heartbeat for 3\d\d\d s/, cure }
  },
  stuck: async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    const waits = (minutes: number) =>
      query(`update hangar.user_wants set updated_at = hangar.now() - interval '${minutes} minutes'
        where user_id = '${userId}'`)
    await waits(20)
    await sweepStuck(engine.deps, never)
    const cure = async () => {
      await engine.drive(userId)
      await sweepStuck(engine.deps, never)
    }
    return { subject: userId, says: /wanted for 20 min: work is wanted for a user/, cure }
  },
  placement_stuck: async () => {
    const app = await active()
    const { userId } = app
    const { move } = await db()
      .transaction()
      .execute((tx) => takeTraders(tx, app, 'confirmed'))
    await query(
      `update hangar.trader_placement set since = hangar.now() - interval '61 s' where user_id = '${userId}'`,
    )
    await alerts()
    const cure = async () => {
      await confirmReleased(db(), [{ userId, move }])
      await alerts()
    }
    return {
      subject: userId,
      says: /traders run nowhere since .* UTC: no shared backend has confirmed/,
      cure,
    }
  },
  drain_lost: async () => {
    const { id, userId } = await active()
    await setTier(db(), userId, 'free')
    engine.sim.sim.faults.add({ kind: 'ignores_signals' })
    const report = { signalsFlushed: 1, executionsFlushed: 1, lost: 3 }
    const app = async (row: AppRow) => {
      if (row.drainStartedAt) await recordDrained(db(), id, report)
    }
    await engine.drive(userId, { app })
    const cure = async () => {
      await query(`update hangar.alerts set last_at = hangar.now() - interval '25 hours'`)
      await alerts()
    }
    return { subject: userId, says: /3 items could not be delivered and 0 were refused/, cure }
  },
  old_key_in_use: async () => {
    const { id } = await active()
    await query(`update public.user_fly_apps set secrets_key_id = 'another0' where id = '${id}'`)
    await sweepDifferences(engine.deps, never)
    const cure = async () => {
      await query(`update public.user_fly_apps set secrets_key_id = null where id = '${id}'`)
      await sweepDifferences(engine.deps, never)
    }
    return {
      subject: '',
      says: /1 apps know a master key that is neither the current nor the previous one/,
      cure,
    }
  },
  orphan_found: async () => {
    const { id, userId, flyAppName } = await active()
    await setTier(db(), userId, 'free')
    await query(`update public.user_fly_apps set status = 'deleted',
      deleted_at = hangar.now() - interval '1 hour' where id = '${id}'`)
    await sweepOrphans(engine.deps, never)
    const cure = async () => {
      await engine.deps.fly.apps.delete(flyAppName, { force: true })
      await waitFor(() => !engine.sim.sim.world.apps.has(flyAppName), {
        what: 'the app to go',
      })
      await sweepOrphans(engine.deps, never)
    }
    return { subject: flyAppName, says: /is on Fly and no live row explains it \(dead_row\)/, cure }
  },
  brake_engaged: async () => {
    engine.sim.sim.faults.add({ kind: 'unavailable' })
    for (let look = 0; look < 2; look++) await sweepGuards(engine.deps, never)
    const cure = async () => {
      engine.sim.sim.faults.clear()
      await sweepGuards(engine.deps, never)
    }
    return { subject: 'fly_unreachable', says: /Fly's API does not answer/, cure }
  },
  fly_token_refused: async () => {
    engine.sim.sim.faults.add({ kind: 'unauthorized' })
    await sweepGuards(engine.deps, never)
    const cure = async () => {
      engine.sim.sim.faults.clear()
      await sweepGuards(engine.deps, never)
    }
    return { subject: '', says: /Fly does not accept the worker's token/, cure }
  },
  sweep_late: async () => {
    await recordSweepIntervals(db(), [{ id: 'health', everyMs: 300_000 }])
    await query(`update hangar.sweeps set expected_since = hangar.now() - interval '1 day',
      completed_at = hangar.now() - interval '12 minutes' where name = 'health'`)
    await alerts()
    const cure = async () => {
      await recordSweepCompleted(db(), 'health')
      await alerts()
    }
    return {
      subject: 'health',
      says: /the sweep health has not completed for 72\d s; it should every 300 s/,
      cure,
    }
  },
  outbox_lag: async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await query(
      `update hangar.user_wants set updated_at = hangar.now() - interval '3 minutes' where user_id = '${userId}'`,
    )
    await alerts()
    const cure = async () => {
      await engine.drive(userId)
      await alerts()
    }
    return { subject: '', says: /users are due and no worker holds them, the first for 18\d s/, cure }
  },
  queue_lag: async () => {
    const { userId } = await createUser(db(), { tier: 'free' })
    await wake(queues, { userId, lane: 'provision' })
    await alerts()
    await query(`update hangar.queue_heads set first_seen_at = first_seen_at - interval '3 minutes'`)
    await alerts()
    const cure = async () => {
      await queues.provision.drain()
      await engine.drive(userId)
      await alerts()
    }
    return {
      subject: 'provision',
      says: /a job has been waiting in the queue provision for at least 18\d s/,
      cure,
    }
  },
  webhook_silence: async () => {
    await recordWebhookArrival(db())
    const users = []
    for (let n = 0; n < 3; n++) users.push((await createUser(db(), { tier: 'free' })).userId)
    await alerts()
    expect(await openKinds()).toEqual([])
    await query(`update hangar.webhook_arrivals set last_at = last_at - interval '10 minutes'`)
    await query(
      `update hangar.user_wants set updated_at = updated_at - interval '2 minutes' where source = 'trigger'`,
    )
    for (const userId of users) await engine.drive(userId)
    await alerts()
    const cure = async () => {
      await recordWebhookArrival(db())
      await alerts()
    }
    return { subject: '', says: /\d tier changes since the last webhook at .* UTC, and no webhook/, cure }
  },
  budget: async () => {
    const limit = (monthlyUsd: string | null) =>
      db()
        .transaction()
        .execute((tx) => writeSetting(tx, 'budget', { monthlyUsd }, 'test'))
    const { userId } = await active()
    await query(
      `update hangar.cost_intervals set started_at = started_at - interval '1 minute' where user_id = '${userId}'`,
    )
    await limit('0.000001')
    await sweepCost(engine.deps, never)
    const cure = async () => {
      await limit(null)
      await sweepCost(engine.deps, never)
    }
    return { subject: '100', says: /have cost 0\.00 USD, \d+\.\d\d % of the budget of 0.000001 USD/, cure }
  },
  migration_stopped: async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    const id = await db()
      .transaction()
      .execute((tx) =>
        insertBulk(tx, {
          ...{ action: 'migrate', force: false, reason: 'r', actor: 'a', requestId: null },
          ...{ perMinute: 6_000, burstApprovalId: null },
          items: [{ userId }, { userId: randomUUID() }],
          waves: { size: 1, pauseMs: 0, stopOnFailureShare: 0 },
        }),
      )
    await query(`update hangar.bulk_items set state = 'failed', ended_at = hangar.now() where bulk_id = ${id}
      and place = 1`)
    await turnWave(db(), id, { actor: 'worker' })
    const cure = () =>
      db()
        .transaction()
        .execute((tx) => changeBulk(tx, id, 'cancel'))
    return { subject: String(id), says: /stopped itself in wave 1 of 2: .* 1 of 1 in this wave/, cure }
  },
  migration_waits: async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    const id = await db()
      .transaction()
      .execute((tx) =>
        insertBulk(tx, {
          ...{ action: 'migrate', force: false, reason: 'r', actor: 'a', requestId: null },
          ...{ perMinute: 6_000, burstApprovalId: null },
          items: [{ userId }],
          waves: { size: 1, pauseMs: 0, stopOnFailureShare: 0 },
        }),
      )
    await query(`update hangar.bulk_items set state = 'asked', wanted_version = 1,
      asked_at = hangar.now() - interval '16 minutes' where bulk_id = ${id}`)
    await alerts()
    const cure = async () => {
      await query(
        `update hangar.bulk_items set state = 'done', ended_at = hangar.now() where bulk_id = ${id}`,
      )
      await alerts()
    }
    return { subject: String(id), says: /no end in wave 1 since .*, and 0 users have yet to be asked/, cure }
  },
  channel_failing: async () => {
    mailbox.refusal = { code: 554, text: 'no' }
    await raiseAlert(db(), { kind: 'budget', subject: '', severity: 'warning', message: 'm' })
    for (let attempt = 0; attempt < 3; attempt++) await tellByMail()
    const cure = async () => {
      mailbox.refusal = null
      await resolveAlert(db(), 'budget', '')
      await tellByMail()
    }
    return { subject: 'mail', says: /alerts do not get through by mail: .*554 no/, cure }
  },
  user_notice_failing: async () => {
    await notifications(true)
    await query(`alter table public.notifications add constraint takes_nothing check (false) not valid`)
    await active()
    await tellUsers(db(), never)
    const cure = async () => {
      await query('alter table public.notifications drop constraint takes_nothing')
      await tellUsers(db(), never)
      await notifications(false)
    }
    return { subject: '', says: /1 notices to users were not taken by the product's table: 23514/, cure }
  },
}

const openKinds = async () =>
  (await query<{ kind: string }>('select kind from hangar.alerts where resolved_at is null')).map(
    ({ kind }) => kind,
  )

afterEach(async () => {
  engine.sim.sim.faults.clear()
  mailbox.refusal = null
  for (const name of BRAKE_NAMES) await releaseBrake(db(), name)
  await query(`truncate hangar.alerts, hangar.alert_messages, hangar.alert_windows, hangar.alert_channels,
    hangar.orphans, hangar.queue_heads, hangar.webhook_arrivals, hangar.sweeps cascade`)
  await query(`delete from hangar.user_wants`)
  await query(
    `update public.user_fly_apps set status = 'deleted', deleted_at = hangar.now() where deleted_at is null`,
  )
  mailbox.mails.length = 0
  hook.deliveries.length = 0
})

/** What each receiver has got since the last look, in one text. */
function read(): { mail: string; webhook: string } {
  const mail = mailbox.mails.splice(0).map(({ subject, text }) => `${subject}\n${text}`)
  const webhook = hook.deliveries
    .splice(0)
    .map(({ body }) => body.blocks.map(({ text }) => text.text).join('\n'))
  return { mail: mail.join('\n'), webhook: webhook.join('\n') }
}

test.each(Object.keys(ALERT_KINDS) as AlertKind[])(
  '%s: provoked, told by mail and webhook with its runbook, cured, told to be over',
  async (kind) => {
    const { subject, says, cure } = await PROVOKE[kind]()
    expect(await openKinds()).toContain(kind)
    await tellByWebhook()
    if (kind !== 'channel_failing') await tellByMail()
    const told = read()
    for (const text of kind === 'channel_failing' ? [told.webhook] : [told.mail, told.webhook]) {
      expect(text).toMatch(new RegExp(`(info|warning|critical): ${kind}( × \\d+)?, new \\(`))
      expect(text).toContain(subject === '' ? 'UTC:' : `UTC ${subject}:`)
      expect(text).toMatch(says)
      expect(text).toContain(`docs/runbooks/${kind}.md`)
    }
    await cure()
    expect(await openKinds()).not.toContain(kind)
    await tellByWebhook()
    await tellByMail()
    const over = read()
    const overByMail = kind === 'channel_failing' ? 'came and went' : 'over'
    expect(over.mail).toMatch(new RegExp(`${kind}( × \\d+)?, ${overByMail} \\(`))
    expect(over.webhook).toMatch(new RegExp(`${kind}( × \\d+)?, over \\(`))
  },
)
