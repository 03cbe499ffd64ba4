/** The headers of each kind of caller in the matrix, made anew for each endpoint: none spoils it for the next. */
import { randomUUID } from 'node:crypto'
import { shimToken, systemClock } from '@hangar/core'
import { createAdmin, createUser, type AuthStandIn } from '@hangar/testkit'
import { SignJWT, UnsecuredJWT } from 'jose'
import { sql } from 'kysely'
import request from 'supertest'
import { signedIn, signInWith } from './browser.ts'
import {
  accessToken,
  appHeaders,
  bearer,
  createAppRow,
  ISSUER,
  JWT_SECRET,
  SERVICE_KEY,
  SHARED_TOKEN,
  signedHeaders,
  type TestApi,
} from './harness.ts'

type Headers = Record<string, string>

/** What every request of the matrix says, where it says anything. */
export const BODY = JSON.stringify({ user_id: '00000000-0000-4000-8000-000000000001' })

const asBearer = (token: string): Headers => ({ authorization: `Bearer ${token}` })
const inSeconds = (seconds: number) => Math.floor(systemClock.now().getTime() / 1000) + seconds

const OF_AN_ADMIN = {
  sub: '00000000-0000-4000-8000-000000000002',
  aud: 'authenticated',
  role: 'authenticated',
  iss: ISSUER,
  exp: inSeconds(3_600),
  app_metadata: { role: 'admin' },
}

const signWith = (secret: string, claims: Record<string, unknown>) =>
  new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(secret))

/** By the names that the matrix has for them. */
export async function createCallers(
  api: TestApi,
  standIn: AuthStandIn,
): Promise<Record<string, () => Headers | Promise<Headers>>> {
  const apps = await createApps(api)
  // Of a project whose keys are published nowhere that we look.
  const foreign = { ...OF_AN_ADMIN, iss: standIn.issuer }
  const token = (claims: Record<string, unknown>) => () => bearer('admin', claims)
  return {
    nobody: () => ({}),
    'malformed bearer': () => asBearer('nonsense'),
    'another scheme': () => ({ authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` }),
    'expired token': token({ exp: inSeconds(-1) }),
    'token without an end': token({ exp: undefined }),
    'token of another issuer': token({ iss: 'https://other.supabase.co/auth/v1' }),
    'token for another audience': token({ aud: 'somebody' }),
    'token by another secret': async () => asBearer(await signWith(`${JWT_SECRET}0`, OF_AN_ADMIN)),
    'unsigned token': () => asBearer(new UnsecuredJWT(OF_AN_ADMIN).encode()),
    'token by an unpublished key': () => asBearer(withOtherKeyId(standIn.sign(foreign))),
    'key off by one': () => ({ apikey: `${SERVICE_KEY}0` }),
    'publishable key': () => ({ apikey: 'sb_publishable_of_the_project' }),
    'shared token off by one': () => asBearer(`${SHARED_TOKEN}0`),
    'anonymous user': token({ is_anonymous: true }),
    'OAuth client': token({ client_id: randomUUID() }),
    customer: () => bearer(null),
    viewer: () => bearer('viewer'),
    operator: () => bearer('operator'),
    admin: () => bearer('admin'),
    'admin by a published key': () => asBearer(standIn.sign(OF_AN_ADMIN)),
    'service key': () => ({ apikey: SERVICE_KEY }),
    'service key as bearer': () => asBearer(SERVICE_KEY),
    'legacy service_role token': async () =>
      asBearer(await signWith(JWT_SECRET, { iss: 'supabase', role: 'service_role', exp: inSeconds(60) })),
    ...apps,
    'shared backend': () => asBearer(SHARED_TOKEN),
    'signed webhook': () => signedHeaders(BODY),
    ...sessionCallers(api),
  }
}

/** The same signature under a key id that nobody published. */
function withOtherKeyId(jwt: string): string {
  const [, claims = '', signature = ''] = jwt.split('.')
  const header = Buffer.from(JSON.stringify({ alg: 'ES256', kid: 'nobody', typ: 'JWT' })).toString(
    'base64url',
  )
  return `${header}.${claims}.${signature}`
}

async function createApps(api: TestApi): Promise<Record<string, () => Headers>> {
  const create = async (patch = {}) =>
    createAppRow(api.db, (await createUser(api.db, { tier: 'pro' })).userId, patch)
  const own = await create()
  const others = await create({ flyMachineId: 'm2' })
  const deleted = await create({ status: 'deleted', deletedAt: 'now' })
  const onMachine = (app: { id: string }) => ({
    ...asBearer(shimToken(api.keyRing, app.id)),
    'x-fly-machine-id': 'm1',
  })
  return {
    app: () => appHeaders(api, own),
    // With its own token, on the machine of the first.
    "another user's app": () => onMachine(others),
    'deleted app': () => onMachine(deleted),
  }
}

function sessionCallers(api: TestApi): Record<string, () => Promise<Headers>> {
  const withoutToken = async (): Promise<Headers> => {
    const { cookie, 'sec-fetch-site': site } = await signedIn(api, 'admin')
    return { cookie, 'sec-fetch-site': site }
  }
  /** Signed in, and then this much of its time has passed. */
  const aged = (column: 'last_seen_at' | 'expires_at') => async () => {
    const { userId } = await createAdmin(api.db, 'admin')
    const headers = await signInWith(api, await accessToken('admin', { sub: userId }))
    await sql`update hangar.admin_sessions set ${sql.ref(column)} = ${sql.ref(column)} - interval '1 day'
      where user_id = ${userId}`.execute(api.db)
    return headers
  }
  return {
    'made-up session': () => Promise.resolve({ cookie: `hangar_session=${'x'.repeat(43)}` }),
    'session that was signed out': async () => {
      const headers = await signedIn(api, 'admin')
      await request(api.app).delete('/admin/session').set(headers)
      return headers
    },
    'idle session': aged('last_seen_at'),
    'session past its end': aged('expires_at'),
    "viewer's session": () => signedIn(api, 'viewer'),
    "operator's session": () => signedIn(api, 'operator'),
    "admin's session": () => signedIn(api, 'admin'),
    "service key's session": () => signedIn(api, 'key'),
    "admin's without its token": withoutToken,
    "admin's with another's token": async () => ({
      ...(await signedIn(api, 'admin')),
      'x-csrf-token': (await signedIn(api, 'admin'))['x-csrf-token'],
    }),
    "admin's from another site": async () => ({
      ...(await signedIn(api, 'admin')),
      'sec-fetch-site': 'cross-site',
    }),
    "admin's session, bad bearer": async () => ({
      ...(await signedIn(api, 'admin')),
      ...asBearer('nonsense'),
    }),
  }
}
