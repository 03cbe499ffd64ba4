/**
 * For this service's tests only: the app on the file's own database and its own corner of Redis, who may call it,
 * and the rows its endpoints answer from. Every answer is held against the OpenAPI document.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import type { RequestListener } from 'node:http'
import {
  createKeyRing,
  DEFAULT_APP_PREFIX,
  DEFAULT_POLICY,
  shimToken,
  systemClock,
  type KeyRing,
} from '@hangar/core'
import {
  DEFAULT_HOST_MAPPING,
  insertApp,
  updateApp,
  type AppPatch,
  type AppRow,
  type Database,
} from '@hangar/db'
import { closeQueues, closeRedis, createQueues, createRedis, type Queues } from '@hangar/jobs'
import { createLogger, NO_TRACING } from '@hangar/runtime'
import { useServiceDatabase, useTestDatabase, useTestRedis, waitFor } from '@hangar/testkit'
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals'
import type { Express } from 'express'
import { SignJWT } from 'jose'
import { Registry } from 'prom-client'
import { Webhook } from 'standardwebhooks'
import request from 'supertest'
import { createApp } from '../app.ts'
import { createChangeFeed } from '../changes/feed.ts'
import type { Role } from '../auth/caller.ts'
import type { ApiDeps } from '../deps.ts'
import { createApiMetrics } from '../metrics.ts'
import { createContract } from './contract.ts'
import { parseSigningKeys } from '../webhooks/supabase/verify.ts'

export const JWT_SECRET = 'super-secret-jwt-token-with-at-least-32-characters'
export const SERVICE_KEY = 'sb_secret_Zm9vYmFyYmF6cXV4'
export const SHARED_SECRET = 'the-secret-of-a-dashboard-made-hook'
export const SHARED_TOKEN = 'the-token-of-the-shared-backend-of-this-test'
export const ISSUER = 'https://ref.supabase.co/auth/v1'
export const WEBHOOK_SECRET = `whsec_${randomBytes(32).toString('base64')}`

export type TestApi = {
  readonly app: RequestListener
  /** The same without the look at its answers, for tests of how it is put together. */
  readonly express: Express
  /** The owner's, for what a test prepares and looks at; the app itself comes as the role of its service. */
  readonly db: Database
  readonly databaseUrl: string
  readonly queues: Queues
  readonly keyRing: KeyRing
  /** Every line logged so far, as text: what a secret must never be in. */
  readonly log: string[]
  /** What of its answers the document does not know, since this was last asked; each test asks at its end. */
  takeComplaints: () => string[]
}

export type TestApiOptions = {
  /** `down`: nothing listens where Redis should be. */
  redis?: 'up' | 'down'
  deps?: Partial<ApiDeps>
}

const ACCESS: Pick<
  ApiDeps,
  'auth' | 'limits' | 'sessions' | 'supabaseAuth' | 'trustedProxyHops' | 'webhook'
> = {
  auth: { jwtSecrets: [JWT_SECRET], serviceRoleKeys: [SERVICE_KEY], issuer: ISSUER },
  supabaseAuth: null,
  limits: { personPerMinute: 0, keyPerMinute: 0, refusedPerMinute: 0, signInFailures: 1_000 },
  trustedProxyHops: 0,
  sessions: { idleMs: 1_800_000, maxMs: 43_200_000 },
  webhook: { signingKeys: parseSigningKeys(WEBHOOK_SECRET) ?? [], sharedSecrets: [SHARED_SECRET] },
}

const PRODUCT = {
  policy: DEFAULT_POLICY,
  costs: { priceModel: 'product', region: 'iad', revenue: { pro: '49.00', elite: '149.00' } },
  appPrefix: DEFAULT_APP_PREFIX,
  drainGraceMs: 30_000,
  quotas: { pro: 10, elite: 50 },
  host: DEFAULT_HOST_MAPPING,
  placement: { handover: 'immediate', sharedTokens: [SHARED_TOKEN] },
  userTokens: null,
  publicUrl: new URL('http://hangar.test'),
  stopping: new AbortController().signal,
  // No worker answers here.
  inspectWaitMs: 0,
  overviewReuseMs: 0,
  tracing: NO_TRACING,
} satisfies Partial<ApiDeps>

/** The owner's, and the service's own. */
function useDatabases() {
  const database = useTestDatabase()
  return [database, useServiceDatabase(database, 'api')] as const
}

/** Registers the file's hooks; the parts are there from beforeAll to afterAll. */
export function useApi(options: TestApiOptions = {}): TestApi {
  const [database, own] = useDatabases()
  const redisCorner = useTestRedis()
  const log: string[] = []
  const keyRing = createKeyRing({ current: randomBytes(32).toString('base64') })
  const contract = createContract()
  const stopping = new AbortController()
  let made: { app: RequestListener; express: Express; queues: Queues } | undefined

  beforeAll(async () => {
    const queues = await openQueues(
      options.redis === 'down' ? 'redis://127.0.0.1:1' : redisCorner.url,
      redisCorner.prefix,
    )
    const logger = loggerInto(log)
    const express = createApp({
      db: own.db,
      queues,
      keyRing,
      ...ACCESS,
      ...PRODUCT,
      clock: systemClock,
      changes: feedOver(own.db, logger, stopping.signal),
      logger,
      metrics: createApiMetrics(new Registry()),
      ...options.deps,
    })
    made = { app: contract.watch(express as RequestListener), express, queues }
  })
  afterEach(() => expect(contract.takeComplaints()).toEqual([]))
  afterAll(() => {
    stopping.abort()
    return made && close(made.queues)
  })

  const there = () => {
    if (!made) throw new Error('useApi: the app exists only inside tests and hooks')
    return made
  }
  return {
    keyRing,
    log,
    takeComplaints: contract.takeComplaints,
    get app() {
      return there().app
    },
    get express() {
      return there().express
    },
    get queues() {
      return there().queues
    },
    get db() {
      return database.db
    },
    get databaseUrl() {
      return database.url
    },
  }
}

function feedOver(db: Database, logger: ApiDeps['logger'], stopping: AbortSignal) {
  return createChangeFeed({ db, clock: systemClock, logger, stopping, lookEveryMs: 20 })
}

async function close(queues: Queues): Promise<void> {
  await closeQueues(queues)
  await closeRedis(queues.redis)
}

function loggerInto(log: string[]) {
  const destination = { write: (line: string) => void log.push(line) }
  return createLogger({ service: 'api', level: 'debug', destination })
}

async function openQueues(url: string, prefix: string): Promise<Queues> {
  const redis = createRedis({ url, role: 'producer', name: 'api-test' })
  if (!url.endsWith(':1')) await waitFor(() => redis.status === 'ready', { what: 'Redis to be connected' })
  return createQueues({ redis, prefix })
}

/** A user's access token, as Supabase Auth makes them. `role` null: a customer, none of ours. */
export function accessToken(role: Role | null, claims: Record<string, unknown> = {}): Promise<string> {
  return new SignJWT({
    sub: randomUUID(),
    aud: 'authenticated',
    role: 'authenticated',
    iss: ISSUER,
    exp: Math.floor(systemClock.now().getTime() / 1000) + 3600,
    app_metadata: role === null ? {} : { role },
    ...claims,
  })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(JWT_SECRET))
}

export const serviceKey = { apikey: SERVICE_KEY }

export async function bearer(
  role: Role | null,
  claims?: Record<string, unknown>,
): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await accessToken(role, claims)}` }
}

/** The headers that our own trigger would sign `body` with. */
export function signedHeaders(body: string, at: Date = systemClock.now()): Record<string, string> {
  const id = `msg_${randomUUID()}`
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(WEBHOOK_SECRET).sign(id, at, body),
  }
}

export function postWebhook(
  api: TestApi,
  body: string,
  headers: Record<string, string> = signedHeaders(body),
) {
  return request(api.app).post('/webhooks/supabase').set(headers).send(body)
}

/** A subscription row's event, as the trigger sends it. */
export function subscriptionEvent(userId: string, tier = 'pro', extra: Record<string, unknown> = {}): string {
  const record = { user_id: userId, tier, status: 'active' }
  const event = { type: 'UPDATE', schema: 'public', table: 'user_subscriptions', record, old_record: record }
  return JSON.stringify({ ...event, ...extra })
}

/** A user's app row, active unless told otherwise; the machine `m1` is recorded. */
export async function createAppRow(
  db: Database,
  userId: string,
  patch: AppPatch = {},
  generation = 1,
): Promise<AppRow> {
  return db.transaction().execute(async (tx) => {
    const name = `vyx-user-${randomBytes(4).toString('hex')}`
    const row = await insertApp(tx, {
      userId,
      generation,
      flyAppName: name,
      network: name,
      tier: 'pro',
      region: 'iad',
      image: 'screener:1',
      cpuKind: 'shared',
      cpus: 2,
      memoryMb: 512,
    })
    return updateApp(tx, row.id, { status: 'active', flyMachineId: 'm1', deployedAt: 'now', ...patch })
  })
}

export function appHeaders(api: TestApi, app: AppRow, machineId = 'm1'): Record<string, string> {
  return { authorization: `Bearer ${shimToken(api.keyRing, app.id)}`, 'x-fly-machine-id': machineId }
}
