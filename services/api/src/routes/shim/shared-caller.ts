/** Who calls for the shared backend: whoever knows `HANGAR_SHARED_TOKEN`. */
import { HangarError } from '@hangar/core'
import type { Request } from 'express'
import { sameSecret } from '../../auth/constant-time.ts'
import type { ApiDeps } from '../../deps.ts'
import { readInput, type Input, type Reply, type RequestContext, type Route } from '../../http/route.ts'
import type { z } from 'zod'

type Fields = { query?: z.ZodType; body?: z.ZodType }

type SharedSpec<F extends Fields> = {
  method: 'get' | 'post'
  path: string
  reads: F
  handle(input: Input<F>, context: RequestContext): Promise<Reply>
}

export function defineSharedRoute<F extends Fields>(spec: SharedSpec<F>): Route {
  return {
    method: spec.method,
    path: spec.path,
    access: 'shared',
    run: async (request, response, context) => {
      assertSharedBackend(request, context.deps)
      return spec.handle(await readInput(spec.reads, request, response, 'batch'), context)
    },
  }
}

function assertSharedBackend(request: Request, { placement }: ApiDeps): void {
  const given = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1]
  // Each is compared, whichever fits: how long it takes says nothing.
  const fits = placement.sharedTokens.map((token) => given !== undefined && sameSecret(given, token))
  if (!fits.includes(true)) throw new HangarError('unauthorized', { operator: 'not the shared backend' })
}
