/**
 * `/admin/queues`: Bull Board behind the admin session. Admins act, viewers and operators read. Every request that
 * would change something is written to the audit log before it is let through, the refused ones too; if that
 * cannot be written, nothing is done.
 */
import { HangarError } from '@hangar/core'
import { insertAudit } from '@hangar/db'
import { type Request, type RequestHandler, Router } from 'express'
import { hasRole, type Caller } from '../../../auth/caller.ts'
import type { Door } from '../../../auth/door.ts'
import type { ApiDeps } from '../../../deps.ts'
import { createBoard } from './board.ts'

export const QUEUES_PATH = '/admin/queues'

const READING = new Set(['GET', 'HEAD'])

export function queuesBoard(deps: ApiDeps, { sessions, limits }: Door): Router {
  const acting = createBoard(deps.queues, { basePath: QUEUES_PATH, readOnly: false })
  const showing = createBoard(deps.queues, { basePath: QUEUES_PATH, readOnly: true })

  const toBoard: RequestHandler = async (request, response, next) => {
    const session = await sessions.find(request.headers.cookie, { isUse: !isPolling(request) })
    if (!session) {
      if (request.accepts(['json', 'html']) === 'html' && request.method === 'GET')
        response.redirect(303, '/admin')
      else throw new HangarError('unauthorized', { operator: 'no session' })
      return
    }
    const { caller } = session
    await limits.countRequest(caller)
    const mayAct = hasRole(caller, 'admin')
    if (!READING.has(request.method)) {
      const { requestId } = response.locals as { requestId: string }
      await auditAction(deps, caller, { action: `${request.method} ${request.path}`, mayAct, requestId })
    }
    const board = mayAct ? acting : showing
    board(request, response, next)
  }

  return Router().use(QUEUES_PATH, toBoard)
}

/** The open page asks again and again, whether or not anybody is at it. */
function isPolling({ method, path }: Request): boolean {
  return READING.has(method) && path.startsWith('/api/')
}

type BoardAction = { action: string; mayAct: boolean; requestId: string }

async function auditAction(
  deps: ApiDeps,
  caller: Caller,
  { action, mayAct, requestId }: BoardAction,
): Promise<void> {
  await insertAudit(deps.db, {
    actor: caller.actor,
    action: `queues: ${action}`,
    requestId,
    after: { allowed: mayAct },
  })
}
