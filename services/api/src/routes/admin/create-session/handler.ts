import { isHangarError } from '@hangar/core'
import express, { type Request, type RequestHandler } from 'express'
import { z } from 'zod'
import type { Authenticator } from '../../../auth/authenticator.ts'
import type { Caller } from '../../../auth/caller.ts'
import type { Sessions } from '../../../auth/session.ts'
import type { ApiDeps } from '../../../deps.ts'
import { insertAudit } from '@hangar/db'
import { validationError } from '../../../http/problem.ts'
import { QUEUES_PATH } from '../queues/handler.ts'
import { adminPage } from '../sign-in-page/page.ts'

const LIMIT_BYTES = 16 * 1024

const sessionBody = z.object({ access_token: z.string().trim().min(1).max(8192) })

/**
 * `POST /admin/session`: a Supabase access token or the service key, as bearer, apikey, JSON or the form's field
 * `access_token`, for a cookie. A form is answered with a page, everything else with JSON.
 */
export function createSession(deps: ApiDeps, auth: Authenticator, sessions: Sessions): RequestHandler[] {
  const signIn: RequestHandler = async (request, response) => {
    response.setHeader('cache-control', 'no-store')
    const fromForm = request.is('application/x-www-form-urlencoded') !== false
    const caller = await findCaller(request, auth).catch((error: unknown) => {
      if (!fromForm || !isHangarError(error)) throw error
      response.status(error.status).type('html').send(adminPage(null, error.publicMessage))
      return null
    })
    if (!caller) return
    const { requestId } = response.locals as { requestId: string }
    await auditSignIn(deps, caller, requestId)
    const { cookie, session } = await sessions.open(caller)
    response.setHeader('set-cookie', cookie)
    if (fromForm) response.redirect(303, `${QUEUES_PATH}/`)
    else response.json({ actor: caller.actor, role: caller.role, expires_at: session.expiresAt })
  }
  const limit = LIMIT_BYTES
  return [express.urlencoded({ extended: false, limit }), express.json({ limit, strict: false }), signIn]
}

function findCaller(request: Request, auth: Authenticator): Promise<Caller> {
  const { authorization } = request.headers
  const apikey = request.get('apikey')
  if (authorization !== undefined || apikey !== undefined) return auth.fromHeaders({ authorization, apikey })
  const body = sessionBody.safeParse(request.body)
  if (!body.success) return Promise.reject(validationError(body.error, 'body'))
  return auth.fromCredential(body.data.access_token)
}

async function auditSignIn(deps: ApiDeps, caller: Caller, requestId: string): Promise<void> {
  await insertAudit(deps.db, {
    actor: caller.actor,
    action: 'session.create',
    requestId,
    after: { role: caller.role },
  })
}
