import { HangarError } from '@hangar/core'
import { declareRoute } from '../../../http/route.ts'
import { sessionAnswer, sessionView } from '../session-view.ts'

const spec = {
  method: 'get',
  path: '/admin/session',
  summary: 'Who is signed in in this browser',
  description: 'Looked at with the header `X-Hangar-Passive`, the session is not kept from becoming idle.',
  answers: { 200: sessionAnswer },
} as const

export const getSession = declareRoute('session', spec, async (request, response, _context, door) => {
  response.setHeader('cache-control', 'no-store')
  const session = await door.findSession(request)
  if (!session) throw new HangarError('unauthorized', { operator: 'no session' })
  return { status: 200, body: sessionView(session, door.sessions) }
})
