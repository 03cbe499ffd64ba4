import { HangarError } from '@hangar/core'
import { releaseBrake } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { brakeChangeAnswer, changeBrake } from '../../../work/change-brake.ts'
import { brakePath, dryRunQuery } from '../fields.ts'
import { releaseBrakeBody } from './schema.ts'

const MINUTE_MS = 60_000

/** Each restore is a new one: what was judged about the last says nothing of the next. */
const NOT_AGAIN = {
  details: {
    errors: [
      {
        field: 'ignore_for_minutes',
        message: 'restored cannot be ignored: if it engages again, the database was restored again',
      },
    ],
  },
}

export const releaseBrakeRoute = defineRoute({
  method: 'post',
  path: '/v1/brakes/:name/release',
  access: 'admin',
  summary: 'Releases a brake: whom it held is due at once',
  description:
    'Where its condition still holds it engages again, unless `ignore_for_minutes` says that the condition has been judged. `restored` has no condition that lasts, and refuses to be told so.',
  reads: { path: brakePath, query: dryRunQuery, body: releaseBrakeBody },
  answers: { 200: brakeChangeAnswer },
  handle: async ({ path: { name }, query, body }, context) => {
    if (name === 'restored' && body.ignore_for_minutes > 0)
      throw new HangarError('validation_failed', NOT_AGAIN)
    const ignoreForMs = body.ignore_for_minutes * MINUTE_MS
    const dryRun = query.dryRun || body.dryRun
    const change = { name, verb: 'release', reason: body.reason, dryRun } as const
    const answer = await changeBrake(change, (tx) => releaseBrake(tx, name, { ignoreForMs }), context)
    return { status: 200, body: answer }
  },
})
