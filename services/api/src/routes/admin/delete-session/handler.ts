import type { RequestHandler } from 'express'
import type { Sessions } from '../../../auth/session.ts'

/**
 * `DELETE /admin/session`, and `POST /admin/sign-out` for the page's form: ends the browser's session. Without one
 * it is a success too.
 */
export function deleteSession(sessions: Sessions): RequestHandler {
  return (request, response) => {
    response.setHeader('set-cookie', sessions.close())
    if (request.method === 'DELETE') response.status(204).end()
    else response.redirect(303, '/admin')
  }
}
