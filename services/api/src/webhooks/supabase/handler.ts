/**
 * `POST /webhooks/supabase`: the main path begins here. A user's tier changed, the trigger has already written so
 * in that same transaction (`hangar.user_wants`), and this delivery only saves the wait for the relay: it wakes
 * the user's lane. So nothing is written here (but, now and then, that deliveries come), Redis may be down (202 all the
 * same, the relay comes within a second), and a lost, doubled or reordered delivery changes nothing but the delay.
 *
 *   401 not genuine, or too old   413 too large   400 not JSON   422 not an event we can read
 *   202 woken, postponed (Redis is away) or ignored (another table); never a 5xx
 */
import { HangarError, laneFor, type Lane } from '@hangar/core'
import { recordProbeArrival } from '@hangar/db'
import express, { type Request, type Response } from 'express'
import { z } from 'zod'
import type { ApiDeps } from '../../deps.ts'
import { validationError } from '../../http/problem.ts'
import { declareRoute } from '../../http/route.ts'
import { wakeTraced } from '../../http/trace-requests.ts'
import { noteArrival } from './arrival.ts'
import { eventSchema, subscriptionEventSchema, type SubscriptionChange } from './schema.ts'
import { verifyDelivery } from './verify.ts'

/** A subscription row is a few hundred bytes; a delivery carries it twice. */
const BODY_LIMIT_BYTES = 256 * 1024
/** The sender waits 5 s at most, and everything here is meant to take milliseconds. */
const WAKE_TIMEOUT_MS = 500

const outcome = z.enum(['woken', 'postponed', 'ignored'])
export type WebhookOutcome = z.output<typeof outcome>

const declaration = {
  method: 'post',
  path: '/webhooks/supabase',
  summary: "A subscription changed: wakes the user's lane",
  description:
    'From our own trigger, signed, or from a hook made in the dashboard, with the shared secret. 202 also where Redis is away (`postponed`: the relay comes within a second) and for another table, or one of the doctor (`ignored`).',
  reads: { body: eventSchema },
  answers: { 202: z.strictObject({ status: outcome }) },
} as const

export const supabaseWebhook = declareRoute('sender', declaration, async (request, response, { deps }) => {
  const status = await receive(request.headers, await readRaw(request, response), deps)
  deps.metrics.webhooks.inc({ outcome: status })
  return { status: 202, body: { status } }
})

// Without inflating: what was signed is what came over the wire.
const parseRaw = express.raw({ type: () => true, limit: BODY_LIMIT_BYTES, inflate: false })

async function readRaw(request: Request, response: Response): Promise<Buffer> {
  await new Promise<void>((resolve, reject) => {
    parseRaw(request, response, (error?: unknown) => {
      if (error === undefined) resolve()
      else reject(error instanceof Error ? error : new Error('the body could not be read', { cause: error }))
    })
  })
  // A request without a body leaves the parser's default instead of a Buffer.
  return Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
}

async function receive(headers: Request['headers'], rawBody: Buffer, deps: ApiDeps): Promise<WebhookOutcome> {
  verifyDelivery(headers, rawBody, deps.webhook, deps.clock)
  const body = parseJson(rawBody)
  const event = parse(eventSchema, body)
  if (event.schema === 'hangar' && event.table === 'webhook_probes') return noteProbe(deps, body)
  const { subscriptions } = deps.host
  if (`${event.schema}.${event.table}` !== subscriptions.table) return 'ignored'
  return wakeLane(deps, parse(subscriptionEventSchema(subscriptions), body))
}

const probeSchema = z.object({ record: z.object({ id: z.guid() }) })

/** Sent by the database because the doctor asked for it. */
async function noteProbe({ db, logger }: ApiDeps, body: unknown): Promise<WebhookOutcome> {
  const { id } = parse(probeSchema, body).record
  await recordProbeArrival(db, id).catch((err: unknown) => {
    logger.warn({ err }, "the doctor's webhook was not noted")
  })
  return 'ignored'
}

async function wakeLane(deps: ApiDeps, change: SubscriptionChange): Promise<WebhookOutcome> {
  noteArrival(deps)
  const lane: Lane = laneFor(change.tier, change.status, deps.policy)
  try {
    const result = await wakeTraced(deps, { userId: change.userId, lane }, { timeoutMs: WAKE_TIMEOUT_MS })
    deps.logger.debug({ userId: change.userId, lane, result }, 'webhook woke the lane')
    return 'woken'
  } catch (error) {
    deps.logger.warn(
      { err: error, userId: change.userId, lane },
      'Redis is away; the relay will wake the lane',
    )
    return 'postponed'
  }
}

function parseJson(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'))
  } catch (error) {
    throw new HangarError('bad_request', { operator: 'the delivery is not JSON', cause: error })
  }
}

function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body)
  if (!result.success) throw validationError(result.error, 'body')
  return result.data
}
