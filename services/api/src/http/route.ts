/**
 * One endpoint, declared: method, path, who may call it, and the schemas of what it reads. Mounting does the rest
 * in one order for all: who is it (401, 403), what does it say (400, 413, 422), then the handler. A handler never
 * sees Express, an unchecked value or a caller without the role.
 */
import type { Express, Request, Response } from 'express'
import type { z } from 'zod'
import type { Authenticator } from '../auth/authenticator.ts'
import { requireRole, type Caller, type Role } from '../auth/caller.ts'
import type { ApiDeps } from '../deps.ts'
import { readJsonBody, type BodyLimit } from './json-body.ts'
import { methodNotAllowed, validationError } from './problem.ts'

/** Without a body for a status that has none (304). */
export type Reply = { status: number; body?: unknown; headers?: Readonly<Record<string, string>> }

export type Method = 'get' | 'post' | 'patch' | 'delete'

/** What every handler is told about the request besides its own fields. */
export type RequestContext = { deps: ApiDeps; requestId: string }

/** An endpoint as the app mounts it; what its handler reads is known only inside `run`. */
export type Route = {
  method: Method
  path: string
  /** The least role that may call it, or whom the shim is for: the users' apps, or the shared backend. */
  access: Role | 'app' | 'shared'
  run(request: Request, response: Response, context: RequestContext, auth: Authenticator): Promise<Reply>
}

type Fields = { path?: z.ZodType; query?: z.ZodType; body?: z.ZodType }
type Read<T extends z.ZodType | undefined> = T extends z.ZodType ? z.output<T> : undefined

export type Input<F extends Fields> = {
  path: Read<F['path']>
  query: Read<F['query']>
  body: Read<F['body']>
}

type RouteSpec<F extends Fields> = {
  method: Method
  path: string
  access: Role
  reads?: F
  handle(input: Input<F>, context: RequestContext & { caller: Caller }): Promise<Reply>
}

/** An endpoint for people and keys. */
export function defineRoute<F extends Fields = Fields>(spec: RouteSpec<F>): Route {
  return {
    method: spec.method,
    path: spec.path,
    access: spec.access,
    run: async (request, response, context, auth) => {
      const caller = await auth.fromHeaders({
        authorization: request.get('authorization'),
        apikey: request.get('apikey'),
      })
      requireRole(caller, spec.access)
      return spec.handle(await readInput(spec.reads, request, response), { ...context, caller })
    },
  }
}

/** Checks what the endpoint reads, the body last and only if there is a schema for it. */
export async function readInput<F extends Fields>(
  reads: F | undefined,
  request: Request,
  response: Response,
  limit?: BodyLimit,
): Promise<Input<F>> {
  const path = check(reads?.path, request.params, 'path')
  const query = check(reads?.query, request.query, 'query')
  const body = reads?.body
    ? check(reads.body, await readJsonBody(request, response, limit), 'body')
    : undefined
  return { path, query, body } as Input<F>
}

function check(schema: z.ZodType | undefined, value: unknown, where: 'path' | 'query' | 'body'): unknown {
  if (!schema) return undefined
  const result = schema.safeParse(value)
  if (!result.success) throw validationError(result.error, where)
  return result.data
}

/** Mounts the routes, and answers 405 on their paths for the methods they do not take. */
export function mountRoutes(
  app: Express,
  routes: readonly Route[],
  deps: ApiDeps,
  auth: Authenticator,
): void {
  for (const route of routes) {
    app[route.method](route.path, async (request, response) => {
      const { requestId } = response.locals as { requestId: string }
      const reply = await route.run(request, response, { deps, requestId }, auth)
      response.status(reply.status).set(reply.headers ?? {})
      if (reply.body === undefined) response.end()
      else response.json(reply.body)
    })
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const allow = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase())
    app.all(path, methodNotAllowed(allow))
  }
}
