import { BRAKES_BY_HAND, HangarError } from '@hangar/core'
import { engageBrake } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { brakeChangeAnswer, changeBrake } from '../../../work/change-brake.ts'
import { brakePath, dryRunQuery } from '../fields.ts'
import { engageBrakeBody } from './schema.ts'

export const engageBrakeRoute = defineRoute({
  method: 'post',
  path: '/v1/brakes/:name/engage',
  access: 'admin',
  summary: 'Engages the brake `operator` or `restored`: what it holds waits until it is released',
  description:
    '`operator`: nothing is torn down and nothing repaired. `restored`: for a restore of the database that nothing has noticed; besides, nobody gets a new app before what is on Fly was looked through, and no number of a lost life is given out again. The other brakes engage by their own conditions only.',
  reads: { path: brakePath, query: dryRunQuery, body: engageBrakeBody },
  answers: { 200: brakeChangeAnswer },
  problems: ['brake_not_by_hand'],
  handle: async ({ path: { name }, query, body: { reason, ...body } }, context) => {
    if (!BRAKES_BY_HAND.includes(name)) throw new HangarError('brake_not_by_hand')
    const by = context.caller.actor
    const dryRun = query.dryRun || body.dryRun
    const change = { name, verb: 'engage', reason, dryRun } as const
    const answer = await changeBrake(change, (tx) => engageBrake(tx, name, { by, reason }), context)
    return { status: 200, body: answer }
  },
})
