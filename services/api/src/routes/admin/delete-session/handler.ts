import { z } from 'zod'
import { declareRoute, readInput } from '../../../http/route.ts'

const reads = {
  query: z.object({
    everywhere: z.enum(['true', 'false']).optional().describe('`true`: in every browser of the same person.'),
  }),
}

const spec = {
  method: 'delete',
  path: '/admin/session',
  summary: 'Sign out of this browser, or of all',
  description: 'Without a session it is a success too: then there is none to end.',
  reads,
  answers: { 204: { description: 'The session has ended, and so has its cookie.' } },
  problems: ['csrf_failed', 'database_unavailable'],
} as const

export const deleteSession = declareRoute('anyone', spec, async (request, response, { requestId }, door) => {
  const { query } = await readInput(reads, request, response)
  const session = await door.findSession(request)
  const cookie = await door.sessions.end(session, { requestId, everywhere: query.everywhere === 'true' })
  response.append('set-cookie', cookie)
  return { status: 204 }
})
