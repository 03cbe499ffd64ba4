/** Who is told of what, and over which way: built from the configuration, and run by the queue `notify`. */
import { ALERT_SEVERITIES } from '@hangar/core'
import { type ChannelName, type Database, retireChannel } from '@hangar/db'
import {
  createNotifyWorker,
  type createRedis,
  type HangarWorker,
  NOTIFY_SCHEDULES,
  type NotifyName,
  type Outcome,
} from '@hangar/jobs'
import type { Logger } from '@hangar/runtime'
import type { WorkerConfig } from '../config.ts'
import type { Counted } from '../metrics/jobs.ts'
import type { Channel } from './channel.ts'
import { deliver, PACE } from './deliver.ts'
import { mailChannel } from './mail.ts'
import { createRedact } from './secrets.ts'
import { tellUsers } from './users.ts'
import { webhookChannel } from './webhook.ts'

export function startNotify(parts: {
  config: WorkerConfig
  db: Database
  redis: ReturnType<typeof createRedis>
  logger: Logger
  counted: Counted
  owner: string
}): HangarWorker {
  const { config, db, redis, logger, counted, owner } = parts
  const channels = createChannels(config)
  sayWhereAlertsGo(config, channels, logger)
  const deps = { db, logger, owner, routes: config.ALERT_ROUTES, redact: redactFor(config), pace: PACE }
  const tell = (name: ChannelName, signal: AbortSignal) => {
    const channel = channels.find((one) => one.name === name)
    return channel ? deliver(deps, channel, signal) : retireChannel(db, name)
  }
  const work: Record<NotifyName, (signal: AbortSignal) => Promise<unknown>> = {
    notify_users: (signal) => tellUsers(db, signal),
    notify_mail: (signal) => tell('mail', signal),
    notify_webhook: (signal) => tell('webhook', signal),
  }
  return createNotifyWorker({
    redis,
    prefix: config.HANGAR_QUEUE_PREFIX,
    name: owner,
    concurrency: NOTIFY_SCHEDULES.length + 1,
    onError: (err) => logger.warn({ err }, 'queue'),
    process: async (_, { name, signal }): Promise<Outcome> => {
      const schedule = NOTIFY_SCHEDULES.find(({ id }) => id === name)
      if (!schedule) return { kind: 'never', error: new Error(`nobody is told of anything by ${name}`) }
      return counted(schedule.id, done(work[schedule.id](signal)))
    },
  })
}

async function done(work: Promise<unknown>): Promise<Outcome> {
  await work
  return { kind: 'done' }
}

/** The channels that the configuration knows of. */
export function createChannels(config: WorkerConfig): Channel[] {
  const { ALERT_SMTP_URL: smtpUrl, ALERT_MAIL_FROM: from, ALERT_MAIL_TO: to } = config
  const rendering = { from: config.FLY_ORG_SLUG, linkUrl: config.ALERT_LINK_BASE_URL }
  const channels: Channel[] = []
  if (smtpUrl !== undefined && from !== undefined && to !== undefined)
    channels.push(mailChannel({ smtpUrl, from, to }, rendering))
  if (config.ALERT_WEBHOOK_URL !== undefined)
    channels.push(
      webhookChannel({ url: config.ALERT_WEBHOOK_URL, secrets: config.ALERT_WEBHOOK_SECRET }, rendering),
    )
  return channels
}

/** All that this process knows and nobody else may. */
export function redactFor(config: WorkerConfig) {
  return createRedact([
    config.FLY_API_TOKEN,
    config.HANGAR_MASTER_KEY,
    config.HANGAR_MASTER_KEY_PREVIOUS,
    config.DATABASE_URL,
    config.REDIS_URL,
    config.ALERT_SMTP_URL,
    config.ALERT_WEBHOOK_URL,
    ...(config.ALERT_WEBHOOK_SECRET ?? []),
    ...Object.values(config.OTEL_EXPORTER_OTLP_HEADERS ?? {}),
  ])
}

function sayWhereAlertsGo({ ALERT_ROUTES: routes }: WorkerConfig, channels: Channel[], logger: Logger): void {
  const goes = Object.fromEntries(
    ALERT_SEVERITIES.map((severity) => [
      severity,
      channels.map(({ name }) => name).filter((name) => routes[severity].includes(name)),
    ]),
  )
  const nowhere = ALERT_SEVERITIES.filter((severity) => goes[severity]?.length === 0)
  const left = `${nowhere.join(' and ')} alerts go nowhere: they are in GET /v1/alerts only`
  if (nowhere.length === 0) logger.info({ routes: goes }, 'alerts are told')
  // By default nobody is told of what is only worth a line.
  else if (nowhere.every((severity) => severity === 'info'))
    logger.info({ routes: goes }, `alerts are told; ${left}`)
  else logger.warn({ routes: goes }, `${left} (see ALERT_ROUTES, ALERT_SMTP_URL, ALERT_WEBHOOK_URL)`)
}
