/**
 * Every secret of a whole Hangar is replaced while it works, as docs/operate/secrets.md says: accept both, change who
 * shows it, accept the new one alone. Two APIs are restarted one after the other, and whoever calls takes the one that
 * answers. Nobody is ever refused, the user's app trades on under the same machine, and in the end the old ones open nothing.
 */
import { createHmac, randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { createDatabase, type AppRow, type Database } from '@hangar/db'
import { freePort, startProcess, waitFor, type ManagedProcess } from '@hangar/testkit/local'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createKeyRing, shimToken } from '../../packages/core/src/index.ts'
import { createDemoUser, type DemoUser } from '../demo/user.ts'
import { inRepository, SERVICE_ENTRIES, type ServiceName } from './programs.ts'
import { serviceEnvironment, urlOf } from './settings.ts'
import { startStack, type Stack } from './stack.ts'

const PATIENCE_MS = 90_000
const TEST_TIMEOUT_MS = 400_000
const BETWEEN_ROUNDS_MS = 50

type Generation = {
  masterKey: string
  webhookSecret: string
  sharedSecret: string
  serviceKey: string
  jwtSecret: string
  sharedToken: string
  flyToken: string
}

const text = () => randomBytes(32).toString('hex')
const newGeneration = (): Generation => ({
  masterKey: randomBytes(32).toString('base64'),
  webhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
  sharedSecret: text(),
  serviceKey: `sb_secret_${text()}`,
  jwtSecret: text(),
  sharedToken: text(),
  flyToken: `local-${text()}`,
})

const [old, next] = [newGeneration(), newGeneration()]
const masterKeys = (current: Generation, other?: Generation) => ({
  HANGAR_MASTER_KEY: current.masterKey,
  ...(other && { HANGAR_MASTER_KEY_PREVIOUS: other.masterKey }),
})
/** What the services are told: the first is the one that we show ourselves, the second is accepted beside it. */
const settingsOf = (...accepted: [Generation, Generation?]): Record<ServiceName, Record<string, string>> => {
  const all = accepted.filter((one) => one !== undefined)
  const both = (name: keyof Generation) => all.map((one) => one[name]).join('|')
  return {
    api: {
      ...masterKeys(...accepted),
      HANGAR_WEBHOOK_SECRET: both('webhookSecret'),
      HANGAR_WEBHOOK_SHARED_SECRET: both('sharedSecret'),
      SUPABASE_SERVICE_ROLE_KEY: both('serviceKey'),
      SUPABASE_JWT_SECRET: both('jwtSecret'),
      HANGAR_SHARED_TOKEN: both('sharedToken'),
    },
    worker: { ...masterKeys(...accepted), FLY_API_TOKEN: accepted[0].flyToken },
    scheduler: { DIFFERENCES_INTERVAL_MS: '500' },
  }
}

/** Read by the stack at each restart. The worker has the stack's own token of Fly until `old` is accepted there. */
const settings: Partial<Record<ServiceName, Record<string, string>>> = {
  ...settingsOf(old),
  worker: masterKeys(old),
}
let stack: Stack
let db: Database
let second: { process: ManagedProcess; port: number }

beforeAll(async () => {
  stack = await startStack({ report: () => {}, environment: {}, courier: false, settings })
  db = createDatabase({ connectionString: stack.addresses.databaseUrl, applicationName: 'hangar-test' })
  await flyTakes(old, true)
  Object.assign(settings, settingsOf(old))
  await stack.restart('worker')
  second = await startSecondApi()
}, 120_000)

afterAll(async () => {
  await second.process.stop()
  await db.destroy()
  await stack.stop()
}, 60_000)

async function flyTakes({ flyToken }: Generation, accepted: boolean): Promise<void> {
  const response = await fetch(`${urlOf(stack.addresses, 'flySim')}/_sim/tokens`, {
    method: 'POST',
    body: JSON.stringify({ token: flyToken, accepted }),
  })
  expect(response.ok).toBe(true)
}

async function startSecondApi() {
  const port = await freePort()
  const { addresses, secrets } = stack
  const env = { ...serviceEnvironment('api', addresses, secrets), ...settings.api, PORT: String(port) }
  const readyUrl = `http://127.0.0.1:${port}/readyz`
  const entry = inRepository(SERVICE_ENTRIES.api)
  return { port, process: await startProcess({ name: 'api-2', entry, env, readyUrl, readyMs: 60_000 }) }
}

/** One API after the other, so that one answers all the time; then the worker. */
async function rollOut(...accepted: [Generation, Generation?]): Promise<void> {
  Object.assign(settings, settingsOf(...accepted))
  await second.process.stop()
  second = await startSecondApi()
  await stack.restart('api')
  await stack.restart('worker')
}

type Ask = { who: string; path: string; init: RequestInit }

/** One call of everybody who shows us a secret. */
function asksOf(shown: Generation, user: DemoUser): Ask[] {
  const record = { user_id: user.userId, tier: 'pro', status: 'active' }
  const change = { type: 'UPDATE', schema: 'public', table: 'user_subscriptions', record, old_record: record }
  const body = JSON.stringify(change)
  const webhook = (who: string, headers: Record<string, string>): Ask => ({
    who,
    path: '/webhooks/supabase',
    init: { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body },
  })
  const get = (who: string, path: string, headers: Record<string, string>): Ask => ({
    who,
    path,
    init: { headers },
  })
  return [
    webhook('the trigger', signature(shown.webhookSecret, body)),
    webhook('the dashboard hook', { 'x-hangar-webhook-secret': shown.sharedSecret }),
    get('a program', '/v1/apps?limit=1', { apikey: shown.serviceKey }),
    get('a legacy key', '/v1/apps?limit=1', { authorization: `Bearer ${legacyKey(shown.jwtSecret)}` }),
    get('the shared backend', '/shim/v1/placement?instance=one', {
      authorization: `Bearer ${shown.sharedToken}`,
    }),
  ]
}

const nowSeconds = () => Math.floor(Date.now() / 1_000)

function signature(secret: string, body: string): Record<string, string> {
  const [id, sentAt] = [randomUUID(), String(nowSeconds())]
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  const mac = createHmac('sha256', key).update(`${id}.${sentAt}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': sentAt, 'webhook-signature': `v1,${mac}` }
}

function legacyKey(secret: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part({ role: 'service_role', exp: nowSeconds() + 600 })}`
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`
}

/** From whichever API is up, as behind a load balancer. */
async function ask({ path, init }: Ask): Promise<number> {
  // Each is looked up when it is its turn: by then another second one may have taken the place of the one before.
  for (const port of [() => stack.addresses.ports.api, () => second.port]) {
    const response = await fetch(`http://127.0.0.1:${port()}${path}`, init).catch(() => null)
    await response?.body?.cancel()
    if (response && response.status !== 503) return response.status
  }
  return 503
}

/** Calls for everybody until it is stopped; what `shown` is may change on the way. */
function startCallers(user: DemoUser, shown: { now: Generation }) {
  const refused: string[] = []
  let rounds = 0
  const stopping = new AbortController()
  const round = async (one: Ask) => {
    const status = await ask(one)
    if (status >= 300) refused.push(`${one.who}: ${status}`)
  }
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await Promise.all(asksOf(shown.now, user).map(round))
      rounds += 1
      await delay(BETWEEN_ROUNDS_MS)
    }
  })()
  const stop = () => (stopping.abort(), running)
  return { refused, rounds: () => rounds, stop }
}

const until = <T>(what: string, holds: () => Promise<T>) => waitFor(holds, { what, timeoutMs: PATIENCE_MS })

const trading = (user: DemoUser, memoryMb: number) =>
  until(`an app of ${memoryMb} MB that trades`, async () => {
    const app = await user.liveApp()
    if (app?.status !== 'active' || app.operation !== null || app.memoryMb !== memoryMb) return null
    return (await user.runningTrader(app.flyAppName)) && app
  })

/** Every call of an app in time to come is made with the key: its secrets were rewritten, and it started since. */
const knows = (app: AppRow, { masterKey }: Generation) =>
  until('the app to show a token of that key', async () => {
    const keyId = createKeyRing({ current: masterKey }).current.id
    const found = await db
      .selectFrom('hangar.appHeartbeats')
      .select('tokenKeyId')
      .where('userFlyAppId', '=', app.id)
      .executeTakeFirst()
    return found?.tokenKeyId === keyId
  })

const secretsRewritten = (user: DemoUser, { masterKey }: Generation) =>
  until('the secrets on Fly to be written anew', async () => {
    const app = await user.liveApp()
    return app?.secretsKeyId === createKeyRing({ current: masterKey }).current.id
  })

test(
  'all of them at once, one step after the other: nobody is refused, and the app trades on',
  async () => {
    const user = await createDemoUser(stack, db, 'rotation@example.test')
    await user.runSql(user.tierChange('pro'))
    const app = await trading(user, 512)
    await knows(app, old)
    const shown = { now: old }
    const callers = startCallers(user, shown)

    // 1. Both are accepted, the old ones still shown.
    await flyTakes(next, true)
    await rollOut(old, next)
    // 2. Everybody shows the new ones: who calls us, and we.
    shown.now = next
    await rollOut(next, old)
    await secretsRewritten(user, next)
    expect((await user.liveApp())?.flyInstanceId).toBe(app.flyInstanceId)
    await user.runSql(user.tierChange('elite'))
    await knows(await trading(user, 1_024), next)
    // 3. The new ones alone.
    await flyTakes(old, false)
    await rollOut(next)
    await user.runSql(user.tierChange('pro'))
    const last = await trading(user, 512)
    await callers.stop()

    expect(callers.refused).toEqual([])
    expect(callers.rounds()).toBeGreaterThan(20)
    expect([last.id, last.flyMachineId]).toEqual([app.id, app.flyMachineId])
    // The app's own calls are in the first API's log, over all its restarts.
    const log = stack.services.get('api')?.logs() ?? ''
    expect(log).toMatch(/"msg":"listening"/)
    expect(log).not.toMatch(/"code":"(unauthorized|bad_signature)"/)

    for (const one of asksOf(old, user)) expect([one.who, await ask(one)]).toEqual([one.who, 401])
    const token = shimToken(createKeyRing({ current: old.masterKey }), app.id)
    const path = '/shim/v1/bootstrap'
    expect(await ask({ who: 'an app', path, init: { headers: { authorization: `Bearer ${token}` } } })).toBe(
      401,
    )
  },
  TEST_TIMEOUT_MS,
)
