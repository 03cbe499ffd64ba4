/**
 * `POST /webhooks/supabase`: the main path begins here. A user's tier changed, the trigger has already written so
 * in that same transaction (`hangar.user_wants`), and this delivery only saves the wait for the relay: it wakes
 * the user's lane. So nothing is written here, Redis may be down (202 all the same, the relay comes within a
 * second), and a lost, doubled or reordered delivery changes nothing but the delay.
 *
 *   401 not genuine, or too old   413 too large   400 not JSON   422 not an event we can read
 *   202 woken, postponed (Redis is away) or ignored (another table); never a 5xx
 */
import { HangarError, laneFor, type Lane } from '@hangar/core'
import { wake } from '@hangar/jobs'
import express, { Router } from 'express'
import type { z } from 'zod'
import type { ApiDeps } from '../../deps.ts'
import { methodNotAllowed, validationError } from '../../http/problem.ts'
import { eventSchema, subscriptionEventSchema, type SubscriptionChange } from './schema.ts'
import { verifyDelivery } from './verify.ts'

/** A subscription row is a few hundred bytes; a delivery carries it twice. */
const BODY_LIMIT_BYTES = 256 * 1024
/** The sender waits 5 s at most, and everything here is meant to take milliseconds. */
const WAKE_TIMEOUT_MS = 500

const WEBHOOK_PATH = '/webhooks/supabase'

export type WebhookOutcome = 'woken' | 'postponed' | 'ignored'

export function supabaseWebhook(deps: ApiDeps): Router {
  const subscriptionEvent = subscriptionEventSchema(deps.host.subscriptions)
  // Without inflating: what was signed is what came over the wire.
  const readRaw = express.raw({ type: () => true, limit: BODY_LIMIT_BYTES, inflate: false })

  const receive = async (headers: express.Request['headers'], rawBody: Buffer): Promise<WebhookOutcome> => {
    verifyDelivery(headers, rawBody, deps.webhook, deps.clock)
    const body = parseJson(rawBody)
    const event = parse(eventSchema, body)
    if (`${event.schema}.${event.table}` !== deps.host.subscriptions.table) return 'ignored'
    return wakeLane(deps, parse(subscriptionEvent, body))
  }

  const router = Router()
  router
    .route(WEBHOOK_PATH)
    .post(readRaw, async (request, response) => {
      // A request without a body leaves the parser's default instead of a Buffer.
      const rawBody = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
      const outcome = await receive(request.headers, rawBody)
      deps.metrics.webhooks.inc({ outcome })
      response.status(202).json({ status: outcome })
    })
    .all(methodNotAllowed(['POST']))
  return router
}

async function wakeLane(deps: ApiDeps, change: SubscriptionChange): Promise<WebhookOutcome> {
  const lane: Lane = laneFor(change.tier, change.status, deps.policy)
  try {
    const result = await wake(deps.queues, { userId: change.userId, lane }, { timeoutMs: WAKE_TIMEOUT_MS })
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
