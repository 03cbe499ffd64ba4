import { z } from 'zod'
import { examine, findingAnswer } from '../../../doctor/examine.ts'
import { time } from '../../../http/answer-fields.ts'
import { defineRoute } from '../../../http/route.ts'
import { actionBody, dryRunQuery } from '../fields.ts'

const doctorAnswer = z.strictObject({
  now: time.describe("The API's clock."),
  dry_run: z.boolean(),
  findings: z.array(findingAnswer),
})

export const runDoctor = defineRoute({
  method: 'post',
  path: '/v1/doctor',
  access: 'operator',
  summary: 'Looks whether everything is as it should be, and says what to do where it is not',
  description:
    'The database, its roles and the trigger, a webhook of no user from there to here, Redis, clocks, and, by a worker, Fly.io. A dry run sends no webhook and asks no worker.',
  reads: { query: dryRunQuery, body: actionBody },
  answers: { 200: doctorAnswer },
  handle: async ({ query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const findings = await examine(context, !dryRun)
    return { status: 200, body: { now: context.deps.clock.now(), dry_run: dryRun, findings } }
  },
})
