/**
 * Who calls the shim: one generation of one user's app, by a token derived from its row, on the machine that the
 * row names. The answers mean different things for trading, so they are told apart with care:
 *
 *   401  a token that is not ours       the app goes on with what it knows
 *   410  the generation has ended, or this machine was replaced: stop trading and stay idle
 *   503  the worker has not recorded the machine yet: it was created a moment ago, ask again; or the database was
 *        restored, and which machine it names says nothing of today
 *
 * The machine counts for the bootstrap too, because a replaced machine that got traders would trade twice.
 */
import { HangarError, isHangarError, verifyShimToken } from '@hangar/core'
import { findAppById, listEngaged, recordRefusal, returnTraders, type AppRow } from '@hangar/db'
import type { Request } from 'express'
import type { ApiDeps } from '../../deps.ts'
import { validationError } from '../../http/problem.ts'
import type { Answers, Declared, Input, Reads, ReplyTo } from '../../http/declaration.ts'
import type { BodyLimit } from '../../http/json-body.ts'
import { declareRoute, readInput, type RequestContext, type Route } from '../../http/route.ts'
import { machineHeader } from './fields.ts'

export type AppCaller = {
  app: AppRow
  machineId: string
  /** Which master key its token was made with. */
  keyId: string
}

type ShimSpec<R extends Reads, A extends Answers> = Declared<R, A> & {
  bodyLimit?: BodyLimit
  handle(input: Input<R>, context: RequestContext & AppCaller): Promise<ReplyTo<NoInfer<A>>>
}

/** An endpoint for the users' apps. */
export function defineShimRoute<A extends Answers, R extends Reads = Reads>(spec: ShimSpec<R, A>): Route {
  return declareRoute('app', spec, async (request, response, context) => {
    const caller = await findAppCaller(request, context.deps)
    try {
      assertCurrent(caller.app, caller.machineId)
      const input = await readInput(spec.reads, request, response, spec.bodyLimit)
      return await spec.handle(input, { ...context, ...caller })
    } catch (error) {
      throw isHangarError(error, 'machine_not_current') ? await refuse(context.deps, caller, error) : error
    }
  })
}

async function findAppCaller(request: Request, deps: ApiDeps): Promise<AppCaller> {
  const token = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '')?.[1]
  const verified = token === undefined ? null : verifyShimToken(deps.keyRing, token)
  if (!verified) throw new HangarError('unauthorized', { operator: 'no app token of ours' })
  const app = await findAppById(deps.db, verified.rowId)
  // A good token without a row: another database's. The app must not take that for its own end.
  if (!app) throw new HangarError('unauthorized', { operator: `no app has the id ${verified.rowId}` })
  if (app.deletedAt) {
    // Closed without having been stopped (an operator gave it up): this very answer makes it stop.
    await returnTraders(deps.db, app.id)
    throw new HangarError('generation_ended')
  }
  const machine = machineHeader.safeParse({ 'x-fly-machine-id': request.get('x-fly-machine-id') })
  if (!machine.success) throw validationError(machine.error, 'header')
  return { app, machineId: machine.data['x-fly-machine-id'], keyId: verified.keyId }
}

/** A machine that hears this stops trading for good: not on the word of a database that is older than the machine. */
async function refuse({ db }: ApiDeps, { app, machineId }: AppCaller, error: Error): Promise<Error> {
  if ((await listEngaged(db)).includes('restored'))
    return new HangarError('database_restored', { cause: error })
  await recordRefusal(db, app.id, machineId)
  return error
}

/** Throws unless this is a live generation and its machine of today. */
export function assertCurrent(app: AppRow, machineId: string): void {
  if (app.deletedAt) throw new HangarError('generation_ended')
  if (app.flyMachineId === null) throw new HangarError('machine_not_recorded')
  if (app.flyMachineId !== machineId) throw new HangarError('machine_not_current')
}

/** Whether this app is to end what it runs: its generation is doomed, or its machine is about to change. */
export function isDraining(app: AppRow): boolean {
  return app.teardownStartedAt !== null || app.drainStartedAt !== null
}
