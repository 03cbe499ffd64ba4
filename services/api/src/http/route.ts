/**
 * One endpoint, declared: method, path, who may call it, the schemas of what it reads and of what it answers. Mounting
 * does the rest in one order for all: who is it (401, 403), what does it say (400, 413, 422), then the handler. A
 * handler never sees Express, an unchecked value or a caller without the role.
 */
import type { ErrorCode } from '@hangar/core'
import type { Database } from '@hangar/db'
import type { Express, Request, Response } from 'express'
import { z } from 'zod'
import type { Caller, Role } from '../auth/caller.ts'
import type { Door } from '../auth/door.ts'
import type { ApiDeps } from '../deps.ts'
import type { Access, Answers, Declared, Input, Reads, Reply, ReplyTo } from './declaration.ts'
import { carryOutOnce, takesIdempotencyKey } from './idempotency.ts'
import { readJsonBody, type BodyLimit } from './json-body.ts'
import { problemsOf } from './problem-codes.ts'
import { methodNotAllowed, validationError } from './problem.ts'
import { isPieces, sendPieces } from './stream.ts'

/** What every handler is told about the request besides its own fields. */
export type RequestContext = { deps: ApiDeps; requestId: string }

/** An endpoint as the app mounts and the document shows it; what its handler reads is known only inside `run`. */
export type Route = Declared<Reads, Answers> & {
  access: Access
  /** All of them. */
  problems: readonly ErrorCode[]
  run(request: Request, response: Response, context: RequestContext, door: Door): Promise<Reply>
}

type Run<A extends Answers> = (...args: Parameters<Route['run']>) => Promise<ReplyTo<NoInfer<A>>>

/** What the kinds of endpoints below and in the shim are made with: `run` knows how to tell who calls. */
export function declareRoute<R extends Reads, A extends Answers>(
  access: Access,
  spec: Declared<R, A>,
  run: Run<A>,
): Route {
  return { ...spec, access, problems: problemsOf(access, spec), run }
}

/** Besides: who asks, and, for answers that go on for long, whether they would still be let in. */
export type CallerContext = RequestContext & { caller: Caller; isStillAllowed: () => Promise<boolean> }

type RouteSpec<R extends Reads, A extends Answers> = Declared<R, A> & {
  access: Role
  handle(input: Input<R>, context: CallerContext): Promise<ReplyTo<NoInfer<A>>>
}

/** An endpoint for people, by token or by their browser's session, and for keys. */
export function defineRoute<A extends Answers, R extends Reads = Reads>(spec: RouteSpec<R, A>): Route {
  return declareRoute(spec.access, spec, async (request, response, context, door) => {
    const { caller, isStillAllowed } = await door.admit(request, spec.access)
    // What one person may see is nobody else's, and no older than the moment it was asked for.
    response.setHeader('cache-control', 'no-store')
    const input = await readInput(spec.reads, request, response, spec.bodyLimit)
    const carryOut = (db: Database) =>
      spec.handle(input, { ...context, deps: { ...context.deps, db }, caller, isStillAllowed })
    return takesIdempotencyKey(spec)
      ? carryOutOnce(request, { ...context, caller }, carryOut)
      : carryOut(context.deps.db)
  })
}

type OpenSpec<R extends Reads, A extends Answers> = Declared<R, A> & {
  handle(input: Input<R>, context: RequestContext): Promise<ReplyTo<NoInfer<A>>>
}

/** An endpoint for anyone: it may tell nothing about a user and no secret. */
export function defineOpenRoute<A extends Answers, R extends Reads = Reads>(spec: OpenSpec<R, A>): Route {
  return declareRoute('anyone', spec, async (request, response, context) =>
    spec.handle(await readInput(spec.reads, request, response), context),
  )
}

/** Checks what the endpoint reads, the body last and only if there is a schema for it. */
export async function readInput<R extends Reads>(
  reads: R | undefined,
  request: Request,
  response: Response,
  limit?: BodyLimit,
): Promise<Input<R>> {
  const path = check(reads?.path, request.params, 'path')
  const query = check(reads?.query, request.query, 'query')
  const header = check(reads?.header, request.headers, 'header')
  const body = reads?.body
    ? check(reads.body, await readJsonBody(request, response, limit), 'body')
    : undefined
  return { path, query, header, body } as Input<R>
}

function check(schema: z.ZodType | undefined, value: unknown, where: keyof Reads): unknown {
  if (!schema) return undefined
  const result = schema.safeParse(value)
  if (!result.success) throw validationError(result.error, where)
  return result.data
}

/** Mounts the routes, and answers 405 on their paths for the methods they do not take. */
export function mountRoutes(app: Express, routes: readonly Route[], deps: ApiDeps, door: Door): void {
  for (const route of routes) {
    app[route.method](route.path, async (request, response) => {
      const { requestId } = response.locals as { requestId: string }
      await send(response, route, await route.run(request, response, { deps, requestId }, door))
    })
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const allow = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase())
    app.all(path, methodNotAllowed(allow))
  }
}

async function send(response: Response, route: Route, { status, headers = {}, body }: Reply): Promise<void> {
  const answer = route.answers[status]
  const type = answer instanceof z.ZodType ? undefined : answer?.type
  response.status(status)
  if (type !== undefined) response.type(type)
  response.set(headers)
  if (body === undefined) response.end()
  else if (isPieces(body)) await sendPieces(response, body)
  else if (type !== undefined) response.send(body)
  else response.json(body)
}
