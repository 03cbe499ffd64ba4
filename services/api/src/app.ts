/**
 * The HTTP side, put together: what every request passes, then the webhook, the admin's pages, the declared
 * endpoints, and at the end one place where every error becomes a problem document. Opens nothing and closes
 * nothing: connections belong to whoever made `deps`.
 */
import express, { type Express } from 'express'
import { createAuthenticator } from './auth/authenticator.ts'
import { createDoor, type Door } from './auth/door.ts'
import { createRateLimits } from './auth/rate-limits.ts'
import { createSessions } from './auth/session.ts'
import { createSupabaseAuth } from './auth/supabase-auth.ts'
import type { ApiDeps } from './deps.ts'
import { notFound, problemHandler } from './http/problem.ts'
import { requestId } from './http/request-id.ts'
import { mountRoutes } from './http/route.ts'
import { securityHeaders, styleHash } from './http/security-headers.ts'
import { traceRequests } from './http/trace-requests.ts'
import { declareRoutes, timeRequests } from './metrics.ts'
import { PAGE_STYLE } from './openapi/page.ts'
import { QUEUES_PATH } from './routes/admin/queues/handler.ts'
import { adminRoutes } from './routes/admin/index.ts'
import { routes, webhookRoutes } from './routes/index.ts'

export function createApp(deps: ApiDeps): Express {
  const door = openDoor(deps)
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('trust proxy', deps.trustedProxyHops)
  declareRoutes(deps.metrics, [...webhookRoutes, ...routes])
  app.use(requestId, timeRequests(deps.metrics), traceRequests(deps.tracing))
  // Before the headers that protect browsers: a database sends this, by the hundred a second.
  mountRoutes(app, webhookRoutes, deps, door)
  app.use(securityHeaders(deps.publicUrl))
  app.use('/docs', securityHeaders(deps.publicUrl, [styleHash(PAGE_STYLE)]))
  // Bull Board sets styles from its scripts, in ways that cannot be named beforehand.
  app.use(QUEUES_PATH, securityHeaders(deps.publicUrl, ["'unsafe-inline'"]))
  mountRoutes(app, routes, deps, door)
  app.use(adminRoutes(deps, door))
  app.use(notFound, problemHandler(deps.logger))
  return app
}

function openDoor(deps: ApiDeps): Door {
  const { db, keyRing, auth, publicUrl, sessions: settings } = deps
  return createDoor({
    publicUrl,
    auth: createAuthenticator(auth, deps.clock),
    sessions: createSessions({ db, keyRing, auth, settings, secure: publicUrl.protocol === 'https:' }),
    limits: createRateLimits(deps.queues, deps.limits),
    supabaseAuth: deps.supabaseAuth && createSupabaseAuth(deps.supabaseAuth, deps.logger),
  })
}
