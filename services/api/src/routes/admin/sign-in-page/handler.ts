import type { RequestHandler } from 'express'
import type { Sessions } from '../../../auth/session.ts'
import { adminPage } from './page.ts'

/** `GET /admin`: the sign-in form, or who is signed in. */
export function signInPage(sessions: Sessions): RequestHandler {
  return async (request, response) => {
    const session = await sessions.find(request.headers.cookie)
    response.setHeader('cache-control', 'no-store')
    response.type('html').send(adminPage(session))
  }
}
