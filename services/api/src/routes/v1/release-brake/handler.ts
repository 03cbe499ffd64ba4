import { releaseBrake } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { changeBrake } from '../../../work/change-brake.ts'
import { brakePath } from '../fields.ts'
import { releaseBrakeBody } from './schema.ts'

const MINUTE_MS = 60_000

/**
 * `POST /v1/brakes/{name}/release`: whom it held is due at once. Where its condition still holds it engages again,
 * unless `ignore_for_minutes` says that the condition has been judged.
 */
export const releaseBrakeRoute = defineRoute({
  method: 'post',
  path: '/v1/brakes/:name/release',
  access: 'admin',
  reads: { path: brakePath, body: releaseBrakeBody },
  handle: async ({ path: { name }, body }, context) => {
    const ignoreForMs = body.ignore_for_minutes * MINUTE_MS
    const change = { name, verb: 'release', reason: body.reason } as const
    const answer = await changeBrake(change, (tx) => releaseBrake(tx, name, { ignoreForMs }), context)
    return { status: 200, body: answer }
  },
})
