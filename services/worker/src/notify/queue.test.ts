/** Through the real queue, as the worker runs it: one channel that hangs, and everybody else. */
import {
  closeQueues,
  closeRedis,
  createQueues,
  createRedis,
  ensureSchedulers,
  NOTIFY_SCHEDULES,
} from '@hangar/jobs'
import { raiseAlert } from '@hangar/db'
import { createLogger, createMetrics } from '@hangar/runtime'
import { useTestDatabase, useTestRedis, waitFor } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { countOutcomes } from '../metrics/jobs.ts'
import { startNotify } from './index.ts'
import { usePost } from './testing.ts'

const database = useTestDatabase()
const server = useTestRedis()
const post = usePost()

const metrics = createMetrics({ service: 'worker' })
const counted = countOutcomes(metrics)

test('a mail server that hangs holds up neither the webhook nor what comes after, and a worker that stops does not wait for it', async () => {
  post.mailbox.hangs = true
  const lines: string[] = []
  const logger = createLogger({
    service: 'worker',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  })
  const producer = createRedis({ url: server.url, role: 'producer', name: 'test' })
  const redis = createRedis({ url: server.url, role: 'worker', name: 'test' })
  const queues = createQueues({ redis: producer, prefix: server.prefix })
  await waitFor(() => producer.status === 'ready' && redis.status === 'ready', {
    what: 'Redis',
  })
  // As the scheduler does it, only sooner.
  const schedules = NOTIFY_SCHEDULES.map((schedule) => ({ ...schedule, everyMs: 100 }))
  await ensureSchedulers(queues, { schedules })
  const config = { ...post.config, HANGAR_QUEUE_PREFIX: server.prefix }
  const notify = startNotify({ config, db: database.db, redis, logger, counted, owner: 'worker-a' })
  const raise = (kind: 'brake_engaged' | 'outbox_lag') =>
    raiseAlert(database.db, { kind, subject: '', severity: 'critical', message: 'now' })
  try {
    await raise('brake_engaged')
    await waitFor(() => post.hook.deliveries.length === 1, { what: 'the first message' })
    await raise('outbox_lag')
    await waitFor(() => post.hook.deliveries.length === 2, { what: 'the second' })
    expect(post.mailbox.mails).toEqual([])
    expect(await metrics.metrics()).toMatch(
      /hangar_job_outcomes_total\{[^}]*job="notify_webhook",outcome="done"[^}]*\} [1-9]/,
    )
  } finally {
    const beganAt = performance.now()
    await notify.close(500)
    expect(performance.now() - beganAt).toBeLessThan(5_000)
    await closeQueues(queues)
    await Promise.all([closeRedis(producer), closeRedis(redis)])
  }
  expect(lines.join()).toContain('alerts are told; info alerts go nowhere')
})

test('a worker without a channel says at its start that alerts go nowhere', async () => {
  const lines: string[] = []
  const logger = createLogger({
    service: 'worker',
    level: 'info',
    destination: { write: (line) => void lines.push(line) },
  })
  const redis = createRedis({ url: server.url, role: 'worker', name: 'test' })
  const config = { ...post.config, ALERT_SMTP_URL: undefined, ALERT_WEBHOOK_URL: undefined }
  const notify = startNotify({ config, db: database.db, redis, logger, counted, owner: 'worker-a' })
  await notify.close(500)
  await closeRedis(redis)
  expect(lines.join()).toContain('info and warning and critical alerts go nowhere')
})
