/**
 * Stands in for Supabase Auth, at the wire: signing in by password, the published keys (ES256) and signing out. Its
 * accounts are the rows of auth.users, as in a project; all of them have the same password. A role that is changed by SQL
 * is in the next token.
 */
import {
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  randomUUID,
  sign,
  type KeyObject,
} from 'node:crypto'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { systemClock } from '@hangar/core'
import pg from 'pg'

const TOKEN_SECONDS = 3_600
const BODY_LIMIT = 16_384

export type AuthStandIn = {
  /** The project's address, as SUPABASE_URL has it. */
  readonly url: string
  /** Who its tokens say that they are from. */
  readonly issuer: string
  readonly password: string
  /** How often each address was asked for. */
  readonly calls: Readonly<Record<Endpoint, number>>
  /** A token with any claims, signed with the key in use. */
  sign(claims: Record<string, unknown>): string
  /** A new key signs from now on; whether the old one is still published is for the caller to say. */
  rotateKey(options: { keepOld: boolean }): void
  stop(): Promise<void>
}

type Endpoint = 'jwks' | 'token' | 'logout'
type Key = { kid: string; privateKey: KeyObject }
type Account = {
  id: string
  email: string
  raw_app_meta_data: object
  is_anonymous: boolean
  banned: boolean
  deleted: boolean
}
type Answer = { status: number; body?: unknown; cacheSeconds?: number }

const WRONG: Answer = {
  status: 400,
  body: { code: 400, error_code: 'invalid_credentials', msg: 'Invalid login credentials' },
}

const BANNED: Answer = {
  status: 400,
  body: { code: 400, error_code: 'user_banned', msg: 'User is banned' },
}

export async function startAuthStandIn(options: {
  /** Of the database that has auth.users; a function is asked when somebody signs in for the first time. */
  connectionString: string | (() => string)
  /** Default: made up. */
  password?: string
  /** Default: any that is free. */
  port?: number
}): Promise<AuthStandIn> {
  const { connectionString, password = randomBytes(9).toString('base64url'), port = 0 } = options
  let pool: pg.Pool | undefined
  const database = () =>
    (pool ??= openPool(typeof connectionString === 'string' ? connectionString : connectionString()))
  const calls: Record<Endpoint, number> = { jwks: 0, token: 0, logout: 0 }
  const keys = createKeys()
  const parts = { database, keys, password, issuer: '' }

  const answerTo = async (request: IncomingMessage): Promise<Answer> => {
    const { endpoint, isOpen } = endpointOf(request)
    // The gateway in front of the real one.
    if (!isOpen && request.headers['apikey'] === undefined)
      return { status: 401, body: { message: 'No API key found in request' } }
    if (endpoint === null)
      return { status: 404, body: { code: 404, error_code: 'not_found', msg: 'no such endpoint here' } }
    calls[endpoint] += 1
    return answers[endpoint](request, parts)
  }
  const server = await listen(port, (request, response) => {
    answerTo(request).then(
      (answer) => send(response, answer),
      (error: unknown) => send(response, { status: 500, body: { code: 500, msg: String(error) } }),
    )
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  parts.issuer = `${url}/auth/v1`
  return {
    url,
    issuer: parts.issuer,
    password,
    calls,
    sign: keys.sign,
    rotateKey: keys.rotate,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await pool?.end()
    },
  }
}

type Parts = { database: () => pg.Pool; keys: Keys; password: string; issuer: string }

const answers: Record<Endpoint, (request: IncomingMessage, parts: Parts) => Promise<Answer> | Answer> = {
  jwks: (_request, { keys }) => ({ status: 200, body: { keys: keys.published() }, cacheSeconds: 600 }),
  logout: () => ({ status: 204 }),
  token: async (request, { database, keys, password, issuer }) => {
    const given = (await readBody(request)) as { email?: unknown; password?: unknown }
    if (typeof given.email !== 'string' || given.password !== password) return WRONG
    const account = await findAccount(database(), given.email)
    if (!account || account.deleted) return WRONG
    return account.banned
      ? BANNED
      : { status: 200, body: grant(account, keys.sign(claimsOf(account, issuer))) }
  },
}

type Keys = ReturnType<typeof createKeys>

function createKeys() {
  let keys: [Key, ...Key[]] = [newKey()]
  return {
    published: () => keys.map(toPublicJwk),
    sign: (claims: Record<string, unknown>) => signToken(keys[0], claims),
    rotate: ({ keepOld }: { keepOld: boolean }) => {
      keys = [newKey(), ...(keepOld ? keys : [])]
    },
  }
}

function endpointOf(request: IncomingMessage): { endpoint: Endpoint | null; isOpen: boolean } {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stand-in')
  switch (`${request.method ?? ''} ${pathname}`) {
    case 'GET /auth/v1/.well-known/jwks.json':
      return { endpoint: 'jwks', isOpen: true }
    case 'POST /auth/v1/logout':
      return { endpoint: 'logout', isOpen: false }
    case 'POST /auth/v1/token':
      return { endpoint: searchParams.get('grant_type') === 'password' ? 'token' : null, isOpen: false }
    default:
      return { endpoint: null, isOpen: false }
  }
}

async function listen(port: number, listener: RequestListener): Promise<Server> {
  const server = createServer(listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}

function openPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 2, application_name: 'auth-stand-in' })
  // The server going away ends idle connections; the next sign-in says so.
  pool.on('error', () => {})
  return pool
}

async function findAccount(pool: pg.Pool, email: string): Promise<Account | undefined> {
  const { rows } = await pool.query<Account>(
    `select id, email, raw_app_meta_data, is_anonymous, coalesce(banned_until > now(), false) as banned,
       deleted_at is not null as deleted from auth.users where lower(email) = lower($1) limit 1`,
    [email],
  )
  return rows[0]
}

/** The claims of a user's access token, as Supabase Auth writes them. */
function claimsOf(account: Account, issuer: string): Record<string, unknown> {
  const nowSeconds = Math.floor(systemClock.now().getTime() / 1_000)
  return {
    iss: issuer,
    sub: account.id,
    aud: 'authenticated',
    exp: nowSeconds + TOKEN_SECONDS,
    iat: nowSeconds,
    email: account.email,
    phone: '',
    app_metadata: account.raw_app_meta_data,
    user_metadata: {},
    role: 'authenticated',
    aal: 'aal1',
    amr: [{ method: 'password', timestamp: nowSeconds }],
    session_id: randomUUID(),
    is_anonymous: account.is_anonymous,
  }
}

function grant({ id, email, raw_app_meta_data }: Account, token: string) {
  const user = { id, email, aud: 'authenticated', role: 'authenticated', app_metadata: raw_app_meta_data }
  const refresh = randomBytes(9).toString('base64url')
  return {
    access_token: token,
    token_type: 'bearer',
    expires_in: TOKEN_SECONDS,
    refresh_token: refresh,
    user,
  }
}

function newKey(): Key {
  return { kid: randomUUID(), privateKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }
}

function toPublicJwk({ kid, privateKey }: Key) {
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' })
  return { ...jwk, kid, alg: 'ES256', use: 'sig', key_ops: ['verify'] }
}

function signToken({ kid, privateKey }: Key, claims: Record<string, unknown>): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const content = `${encode({ alg: 'ES256', kid, typ: 'JWT' })}.${encode(claims)}`
  const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${content}.${signature.toString('base64url')}`
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > BODY_LIMIT) throw new Error('the body is too large')
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
}

function send(response: ServerResponse, { status, body, cacheSeconds }: Answer): void {
  response.statusCode = status
  if (cacheSeconds !== undefined) response.setHeader('cache-control', `public, max-age=${cacheSeconds}`)
  if (body === undefined) {
    response.end()
    return
  }
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(body))
}
