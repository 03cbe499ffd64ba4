/**
 * Planted secrets, over a whole Hangar: a distinct one in every setting that holds one, an upgrade, calls to Fly that fail
 * and echo what they were sent, a downgrade. Then none of them stands in anything that a person or a program is shown:
 * logs of all processes, rows, jobs, the queues' board, the API's answers and errors, metrics, traces, alerts sent out.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createClient, createDatabase, type Database } from '@hangar/db'
import { waitFor } from '@hangar/testkit/local'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createKeyRing, shimToken, shutdownToken } from '../../packages/core/src/index.ts'
import { closeRedis, createRedis } from '../../packages/jobs/src/index.ts'
import { routes } from '../../services/api/src/routes/index.ts'
import { createDemoUser, type DemoUser } from '../demo/user.ts'
import type { ServiceName } from './programs.ts'
import { urlOf } from './settings.ts'
import { startStack, type Stack } from './stack.ts'

const PATIENCE_MS = 60_000
const TEST_TIMEOUT_MS = 180_000
const SERVICES: ServiceName[] = ['api', 'worker', 'scheduler']

const hex = () => randomBytes(24).toString('hex')
const base64 = () => randomBytes(32).toString('base64')

const signingKey = {
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }),
  alg: 'ES256',
  kid: 'planted',
}
/** In the settings that the stack does not set by itself. */
const planted = {
  masterKeyPrevious: base64(),
  webhookSharedSecret: hex(),
  signingKey: String(signingKey.d),
  smtpPassword: hex(),
  alertWebhookKey: base64(),
  collectorKey: hex(),
}

let stack: Stack
let db: Database
/** Whatever the processes send out: traces and alerts. */
let receiver: Server
const received: string[] = []

beforeAll(async () => {
  const url = await listen()
  const traces = {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_HEADERS: `x-key=${planted.collectorKey}`,
  }
  const common = { ...traces, LOG_LEVEL: 'debug' }
  stack = await startStack({
    report: () => {},
    environment: {},
    settings: {
      api: {
        ...common,
        HANGAR_MASTER_KEY_PREVIOUS: planted.masterKeyPrevious,
        HANGAR_WEBHOOK_SHARED_SECRET: planted.webhookSharedSecret,
        SUPABASE_URL: 'http://127.0.0.1:9',
        SUPABASE_JWT_SIGNING_KEY: JSON.stringify(signingKey),
      },
      worker: {
        ...common,
        HANGAR_MASTER_KEY_PREVIOUS: planted.masterKeyPrevious,
        // Nothing listens there: what the failure says is looked at, too.
        ALERT_SMTP_URL: `smtp://hangar:${planted.smtpPassword}@127.0.0.1:9`,
        ALERT_MAIL_FROM: 'hangar@example.test',
        ALERT_MAIL_TO: 'ops@example.test',
        ALERT_WEBHOOK_URL: `${url}/alerts`,
        ALERT_WEBHOOK_SECRET: `whsec_${planted.alertWebhookKey}`,
        ALERT_ROUTES: 'critical:mail+webhook,warning:mail+webhook',
      },
      scheduler: common,
    },
  })
  db = createDatabase({ connectionString: stack.addresses.databaseUrl, applicationName: 'hangar-test' })
}, 90_000)

afterAll(async () => {
  await db.destroy()
  await stack.stop()
  await new Promise((resolve) => receiver.close(resolve))
}, 60_000)

async function listen(): Promise<string> {
  receiver = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push(`${request.url ?? ''} ${Buffer.concat(chunks).toString()}`)
      response.end('{}')
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
}

/** Fly fails so often, and says in its error what it was sent. */
async function failWith(operation: string, count: number, echoed: readonly string[]): Promise<void> {
  const text = `internal: could not do it with ${echoed.map((secret) => `"${secret}"`).join(' and ')}`
  const fault = { kind: 'status', match: { operation }, count, params: { status: 503, text } }
  const url = `${urlOf(stack.addresses, 'flySim')}/_sim/faults`
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(fault) })
  expect(response.ok).toBe(true)
}

const until = (what: string, holds: () => Promise<unknown>) =>
  waitFor(holds, { what, timeoutMs: PATIENCE_MS })

async function live(user: DemoUser) {
  const app = await user.liveApp()
  if (!app) throw new Error('there is no row yet')
  return app
}

/** Up and down again, with failures on the way that echo the token, and the app's own secrets as soon as Fly has them. */
async function upAndDown(): Promise<{ user: DemoUser; tokens: string[] }> {
  const { flyToken, masterKey } = stack.secrets
  const user = await createDemoUser(stack, db, 'planted@example.test')
  await failWith('apps.create', 1, [flyToken, `Bearer ${flyToken}`])
  await user.runSql(user.tierChange('pro'))
  await until('a first failure', async () => (await live(user)).retryCount === 1)
  const { id, flyAppName } = await live(user)
  const ring = createKeyRing({ current: masterKey })
  const tokens = [shimToken(ring, id), shutdownToken(ring, id)]
  await failWith('secrets.set', 1, [...tokens, flyToken])
  await failWith('machines.create', 1, [flyToken])
  await until('the app', async () => (await live(user)).status === 'active')
  await failWith('apps.delete', 1, [flyToken])
  await user.runSql(user.tierChange('free'))
  await until(`the end of ${flyAppName}`, async () => (await user.liveApp()) === null)
  return { user, tokens }
}

/** All rows of Hangar's own tables. */
async function rowsAsText(): Promise<string> {
  const client = createClient({
    connectionString: stack.addresses.databaseUrl,
    applicationName: 'hangar-test',
  })
  await client.connect()
  try {
    const { rows: tables } = await client.query<{ name: string }>(`
      select format('%I.%I', table_schema, table_name) as name from information_schema.tables
      where table_type = 'BASE TABLE' and (table_schema = 'hangar' or table_name like 'user\\_fly\\_%')`)
    expect(tables.length).toBeGreaterThan(15)
    const parts = tables.map(({ name }) => `select coalesce(jsonb_agg(t), '[]')::text as rows from ${name} t`)
    const { rows } = await client.query<{ rows: string }>(parts.join(' union all '))
    return rows.map((one) => one.rows).join('\n')
  } finally {
    await client.end()
  }
}

/** Every key and value in Redis: jobs, schedules, traces. */
async function redisAsText(): Promise<string> {
  const redis = createRedis({ url: stack.addresses.redisUrl, role: 'worker', name: 'test' })
  const readers: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, 0, -1),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, '0', '-1'),
    stream: (key) => redis.xrange(key, '-', '+'),
  }
  try {
    const keys = await redis.keys('*')
    const values = keys.map(async (key) => [key, await readers[await redis.type(key)]?.(key)])
    return JSON.stringify(await Promise.all(values))
  } finally {
    await closeRedis(redis)
  }
}

async function get(path: string, headers: Record<string, string>): Promise<string> {
  const response = await fetch(`${urlOf(stack.addresses, 'api')}${path}`, { headers })
  return `${path} ${response.status} ${await response.text()}`
}

/** Whatever can be read of the API, and what it says to whoever comes with a key that is not theirs to use. */
async function apiAsText({ userId }: DemoUser): Promise<string> {
  // The stream never ends; what it tells stands in the rows, which are all looked at.
  const isRead = ({ method, path }: { method: string; path: string }) =>
    method === 'get' && !path.startsWith('/shim/') && path !== '/v1/stream'
  const reads = routes.filter(isRead)
  expect(reads.length).toBeGreaterThan(10)
  const paths = reads.map(({ path }) => path.replace(':userId', userId).replace(/:\w+/, userId))
  const { serviceRoleKey, masterKey, flyToken } = stack.secrets
  const answers = [
    ...paths.map((path) => get(path, { apikey: serviceRoleKey })),
    ...[masterKey, flyToken, planted.webhookSharedSecret].map((apikey) => get('/v1/apps', { apikey })),
    ...[planted.signingKey, planted.masterKeyPrevious].map((token) =>
      get('/shim/v1/bootstrap', { authorization: `Bearer ${token}` }),
    ),
  ]
  return (await Promise.all(answers)).join('\n')
}

/** The queues' board, as somebody sees it who has signed in with the service key. */
async function boardAsText(): Promise<string> {
  const response = await fetch(`${urlOf(stack.addresses, 'api')}/admin/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ access_token: stack.secrets.serviceRoleKey }),
  })
  const cookie = response.headers.get('set-cookie')?.split(';')[0] ?? ''
  const queues = ['provision', 'deprovision', 'guards', 'sweep']
  const pages = queues.map((queue) =>
    get(`/admin/queues/api/queues?activeQueue=${queue}&page=1&jobsPerPage=50`, {
      cookie,
      'sec-fetch-site': 'same-origin',
    }),
  )
  return (await Promise.all(pages)).join('\n')
}

async function metricsAsText(): Promise<string> {
  const texts = SERVICES.map(async (name) => (await fetch(`${urlOf(stack.addresses, name)}/metrics`)).text())
  return (await Promise.all(texts)).join('\n')
}

/** What has to be in each place, so that an empty one proves nothing. */
const PROOF_OF_LIFE: Record<string, RegExp> = {
  logs: /could not do it with.*redacted/,
  // Fly's own words are kept, and only what is secret in them is not.
  rows: /provision_retried.*could not do it with|could not do it with.*provision_retried/s,
  redis: /reconcile/,
  board: /reconcile/,
  api: /deprovision_completed/,
  metrics: /hangar_attempt_failures_total\{operation="provision",outcome="retried".* [1-9]/,
  sent: /v1\/traces .*fly apps\.create/,
}

test(
  'no secret of any setting stands in anything that is shown, whatever Fly echoes',
  async () => {
    const { user, tokens } = await upAndDown()
    // The end of the teardown is in the last batch of spans, which goes out within seconds.
    await until('the traces', () => Promise.resolve(received.join('').includes('step close')))
    const shown: Record<string, string> = {
      rows: await rowsAsText(),
      redis: await redisAsText(),
      board: await boardAsText(),
      api: await apiAsText(user),
      metrics: await metricsAsText(),
      sent: received.join('\n'),
      logs: SERVICES.map((name) => stack.services.get(name)?.logs() ?? '').join('\n'),
    }
    for (const [place, proof] of Object.entries(PROOF_OF_LIFE))
      expect([place, shown[place]]).toEqual([place, expect.stringMatching(proof)])

    const secrets = [
      ...Object.entries({ ...stack.secrets, ...planted }),
      ...tokens.map((token, index) => [`app token ${index}`, token] as const),
    ]
    expect(secrets.length).toBeGreaterThan(12)
    const found = Object.entries(shown).flatMap(([place, text]) =>
      secrets.filter(([, secret]) => text.includes(bare(secret))).map(([name]) => `${name} in ${place}`),
    )
    expect(found).toEqual([])
  },
  TEST_TIMEOUT_MS,
)

/** Without what says of which kind it is: that may be shown. */
function bare(secret: string): string {
  return secret.replace(/^(whsec_|sb_secret_|local-)/, '')
}
