import { Router } from 'express'
import type { Authenticator } from '../../auth/authenticator.ts'
import type { Sessions } from '../../auth/session.ts'
import type { ApiDeps } from '../../deps.ts'
import { methodNotAllowed } from '../../http/problem.ts'
import { sameOriginOnly } from '../../http/same-origin.ts'
import { createSession } from './create-session/handler.ts'
import { deleteSession } from './delete-session/handler.ts'
import { adminPage } from './page/handler.ts'
import { queuesBoard } from './queues/handler.ts'
import { signInPage } from './sign-in-page/handler.ts'

/** What a browser with a session sees. Everything below /admin that changes something is same-origin only. */
export function adminRoutes(deps: ApiDeps, auth: Authenticator, sessions: Sessions): Router {
  const router = Router()
  router.use('/admin', sameOriginOnly(deps.publicUrl))
  router
    .route('/admin')
    .get(signInPage(sessions))
    .all(methodNotAllowed(['GET']))
  router
    .route('/admin/session')
    .post(createSession(deps, auth, sessions))
    .delete(deleteSession(sessions))
    .all(methodNotAllowed(['POST', 'DELETE']))
  router
    .route('/admin/sign-out')
    .post(deleteSession(sessions))
    .all(methodNotAllowed(['POST']))
  router.use(queuesBoard(deps, sessions))
  router.use('/admin', adminPage())
  return router
}
