import { HangarError } from '@hangar/core'
import type { Request } from 'express'
import { z } from 'zod'
import type { Identity } from '../../../auth/authenticator.ts'
import { addressOf, type Door } from '../../../auth/door.ts'
import { declareRoute, readInput, type RequestContext } from '../../../http/route.ts'
import { isSameOrigin } from '../../../http/same-origin.ts'
import { sessionAnswer, sessionView } from '../session-view.ts'

const byPassword = z
  .strictObject({ email: z.string().trim().min(3).max(320), password: z.string().min(1).max(1024) })
  .describe('Asked of Supabase Auth.')
const byToken = z
  .strictObject({ access_token: z.string().trim().min(1).max(8192) })
  .describe('A Supabase access token, or the service key.')

const reads = { body: z.union([byPassword, byToken]) }

const spec = {
  method: 'post',
  path: '/admin/session',
  summary: 'Sign in: a password or a token for a session in this browser',
  description:
    'The session is set as a cookie that scripts cannot read. The one that the browser had before ends. For people with a role in their `app_metadata`, from our own page only.',
  reads,
  answers: { 200: { body: sessionAnswer, headers: { 'Set-Cookie': 'The session.' } } },
  problems: [
    'csrf_failed',
    'database_unavailable',
    'forbidden',
    'rate_limited',
    'second_factor_needed',
    'sign_in_failed',
    'sign_in_unavailable',
    'unauthorized',
  ],
} as const

/** Who shows a password or a token; the session that Supabase Auth begins for a password is given back at once. */
async function identify(body: z.output<typeof reads.body>, door: Door): Promise<Identity> {
  if ('access_token' in body) return door.auth.fromCredential(body.access_token)
  const { supabaseAuth } = door
  if (!supabaseAuth) throw new HangarError('sign_in_unavailable', { operator: 'SUPABASE_URL is not set' })
  const token = await supabaseAuth.signIn(body.email, body.password)
  const [identity] = await Promise.all([door.auth.fromCredential(token), supabaseAuth.signOut(token)])
  return identity
}

async function signIn(
  request: Request,
  body: z.output<typeof reads.body>,
  { requestId }: RequestContext,
  door: Door,
) {
  const account = 'email' in body ? body.email : null
  return door.limits.countSignIn({ address: addressOf(request), account }, async () => {
    const who = await identify(body, door)
    return door.sessions.open(who, { cookieHeader: request.headers.cookie, requestId })
  })
}

export const createSession = declareRoute('anyone', spec, async (request, response, context, door) => {
  response.setHeader('cache-control', 'no-store')
  if (!isSameOrigin(request, context.deps.publicUrl)) throw new HangarError('csrf_failed')
  const { body } = await readInput(reads, request, response)
  const { cookie, session } = await signIn(request, body, context, door)
  response.append('set-cookie', cookie)
  return { status: 200, body: sessionView(session, door.sessions) }
})
