/**
 * One round of one channel: a message is made of what there is to tell, and what is pending is sent.
 *
 *   nothing to tell ─ an alert is raised ─▶ told within seconds ─▶ pause of its kind ─ more came ─▶ told in one message,
 *   and the pause is doubled ─ … ─ nothing came for two pauses ─▶ the next one is told within seconds again
 *
 * Whatever fails here waits for its own next try in Postgres. Neither work nor another channel waits for it.
 */
import { randomUUID } from 'node:crypto'
import { ALERT_SEVERITIES, type AlertSeverity } from '@hangar/core'
import {
  claimMessage,
  composeMessage,
  type ChannelName,
  type ClaimedMessage,
  type Database,
  recordSendFailure,
  recordSent,
} from '@hangar/db'
import type { Logger } from '@hangar/runtime'
import { type Channel, ChannelBusyError, type Sent } from './channel.ts'
import type { Routes } from './config.ts'
import type { Redact } from './secrets.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS

export const PACE = {
  firstWindowMs: MINUTE_MS,
  longestWindowMs: HOUR_MS,
  longestCriticalWindowMs: 15 * MINUTE_MS,
  remindAfterMs: 4 * HOUR_MS,
  mostReminders: 4,
  mostItems: 5,
  /** Longer than any channel takes to send: after this the sender is dead. */
  leaseMs: MINUTE_MS,
  retryBaseMs: 5 * SECOND_MS,
  longestRetryMs: 10 * MINUTE_MS,
  tellAfterFailures: 3,
  giveUpAfterMs: 24 * HOUR_MS,
}
export type Pace = typeof PACE

export type DeliveryDeps = {
  db: Database
  logger: Logger
  owner: string
  routes: Routes
  redact: Redact
  pace: Pace
}

export type Delivery = 'nothing' | 'sent' | 'failed'

export async function deliver(deps: DeliveryDeps, channel: Channel, signal: AbortSignal): Promise<Delivery> {
  const { db, owner, pace, redact } = deps
  const severities = severitiesOf(deps.routes, channel.name)
  await composeMessage(db, { ...pace, channel: channel.name, severities }, randomUUID(), redact)
  const message = await claimMessage(db, { channel: channel.name, owner, leaseMs: pace.leaseMs })
  if (!message) return 'nothing'
  let sent: Sent
  try {
    sent = await channel.send(message, signal)
  } catch (error) {
    // We are stopping: it may have arrived or not, and another worker sends it once our lease is over.
    if (signal.aborted) throw error
    await fail(deps, channel, message, error)
    return 'failed'
  }
  await recordSent(db, channel.name, message, sent.refused)
  deps.logger.info({ channel: channel.name, message: message.id, attempt: message.attempt }, 'alerts told')
  return 'sent'
}

async function fail(
  { db, logger, pace, redact }: DeliveryDeps,
  { name }: Channel,
  message: ClaimedMessage,
  cause: unknown,
): Promise<void> {
  const error = redact(reasonOf(cause))
  const failures = await recordSendFailure(db, name, message, {
    error,
    retryInMs: retryInMs(pace, message.attempt, cause),
    tellAfter: pace.tellAfterFailures,
    giveUpAfterMs: pace.giveUpAfterMs,
  })
  const level = failures >= pace.tellAfterFailures ? 'error' : 'warn'
  logger[level]({ channel: name, message: message.id, attempt: message.attempt, error }, 'alerts not told')
}

function retryInMs({ retryBaseMs, longestRetryMs }: Pace, attempt: number, cause: unknown): number {
  const asked = cause instanceof ChannelBusyError ? cause.retryInMs : 0
  const grown = retryBaseMs * 2 ** Math.min(attempt - 1, 16)
  return Math.min(Math.max(grown, asked), longestRetryMs)
}

/** fetch() says "fetch failed" and keeps the reason as its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message
}

function severitiesOf(routes: Routes, channel: ChannelName): AlertSeverity[] {
  return ALERT_SEVERITIES.filter((severity) => routes[severity].includes(channel))
}
