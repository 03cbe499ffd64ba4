import { Router } from 'express'
import type { Door } from '../../auth/door.ts'
import type { ApiDeps } from '../../deps.ts'
import { sameOriginOnly } from '../../http/same-origin.ts'
import { adminPage } from './page/handler.ts'
import { queuesBoard } from './queues/handler.ts'

/** What a browser sees below /admin, besides the declared endpoints. What changes something is same-origin only. */
export function adminRoutes(deps: ApiDeps, door: Door): Router {
  const router = Router()
  router.use('/admin', sameOriginOnly(deps.publicUrl))
  router.use(queuesBoard(deps, door))
  router.use('/admin', adminPage())
  return router
}
