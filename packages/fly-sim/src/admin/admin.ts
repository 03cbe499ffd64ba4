import type { IncomingMessage, ServerResponse } from 'node:http'
import { readBody } from '../http/body.ts'
import { send } from '../http/send.ts'
import type { Answer } from '../http/answer.ts'
import { ADMIN_ROUTES, type AdminContext } from './routes.ts'

export const ADMIN_PREFIX = '/_sim'

/** A dump of ten thousand apps is large. */
const LARGEST_BODY_BYTES = 512 * 1_048_576

/** Serves `/_sim/…`. Bad input gets 400 with the reason; it is a tool for people and tests, not part of Fly. */
export async function handleAdmin(
  context: AdminContext,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  search: string,
): Promise<void> {
  const rest = path.slice(ADMIN_PREFIX.length).replace(/^\//u, '')
  const route = ADMIN_ROUTES.find((one) => one.method === request.method && one.pattern.test(rest))
  if (!route) {
    send(
      response,
      {
        status: 404,
        json: { error: 'no such admin call', calls: ADMIN_ROUTES.map((one) => `${one.method} ${one.shown}`) },
      },
      'admin',
    )
    return
  }
  const text = await readBody(request, LARGEST_BODY_BYTES)
  let answer: Answer
  try {
    const params = route.pattern.exec(rest)?.groups ?? {}
    const body: unknown = text === null || text === '' ? {} : JSON.parse(text)
    answer = {
      status: 200,
      json: await route.handle(context, { params, query: new URLSearchParams(search), body }),
    }
  } catch (error) {
    answer = { status: 400, json: { error: error instanceof Error ? error.message : String(error) } }
  }
  send(response, answer, 'admin')
}
