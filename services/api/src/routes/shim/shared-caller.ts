/** Who calls for the shared backend: whoever knows `HANGAR_SHARED_TOKEN`. */
import { HangarError } from '@hangar/core'
import type { Request } from 'express'
import { sameSecret } from '../../auth/constant-time.ts'
import type { ApiDeps } from '../../deps.ts'
import type { Answers, Declared, Input, Reads, ReplyTo } from '../../http/declaration.ts'
import { declareRoute, readInput, type RequestContext, type Route } from '../../http/route.ts'

type SharedSpec<R extends Reads, A extends Answers> = Declared<R, A> & {
  handle(input: Input<R>, context: RequestContext): Promise<ReplyTo<NoInfer<A>>>
}

export function defineSharedRoute<A extends Answers, R extends Reads = Reads>(spec: SharedSpec<R, A>): Route {
  return declareRoute('shared', spec, async (request, response, context) => {
    assertSharedBackend(request, context.deps)
    return spec.handle(await readInput(spec.reads, request, response, 'batch'), context)
  })
}

function assertSharedBackend(request: Request, { placement }: ApiDeps): void {
  const given = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1]
  // Each is compared, whichever fits: how long it takes says nothing.
  const fits = placement.sharedTokens.map((token) => given !== undefined && sameSecret(given, token))
  if (!fits.includes(true)) throw new HangarError('unauthorized', { operator: 'not the shared backend' })
}
