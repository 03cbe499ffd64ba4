import { z } from 'zod'
import { count } from '../../../http/answer-fields.ts'
import { defineRoute } from '../../../http/route.ts'
import { requestAdoption } from '../../../work/request-adoption.ts'
import { appNameText, dryRunQuery, reasonedBody } from '../fields.ts'
import { orphanAnswer, viewOrphan } from '../list-orphans/view.ts'

const adoptionAnswer = z.strictObject({
  orphan: orphanAnswer,
  user_id: z.guid(),
  dry_run: z.boolean(),
  wanted_version: count.nullable(),
  job_id: z.string().nullable().describe('Null where the relay will add the job.'),
})

export const adoptOrphanRoute = defineRoute({
  method: 'post',
  path: '/v1/orphans/:appName/adopt',
  access: 'operator',
  summary: "Makes the app its user's own again",
  description:
    'For an app whose row was lost, as after a restore of the database: the next work on its user, which begins now, takes it up as it is. A wish to delete it is taken back. 409 where it could not be taken up.',
  reads: {
    path: z.object({ appName: appNameText }),
    query: dryRunQuery,
    body: reasonedBody,
  },
  answers: {
    200: { description: 'A dry run.', body: adoptionAnswer },
    202: { description: 'It is wanted, and will be done.', body: adoptionAnswer },
  },
  problems: ['not_found', 'orphan_not_adoptable'],
  handle: async ({ path: { appName }, query, body }, context) => {
    const dryRun = query.dryRun || body.dryRun
    const answer = await requestAdoption({ appName, reason: body.reason, dryRun }, context)
    return {
      status: dryRun ? 200 : 202,
      body: {
        orphan: viewOrphan(answer.orphan, answer.settings),
        user_id: answer.userId,
        dry_run: dryRun,
        wanted_version: answer.wantedVersion,
        job_id: answer.jobId,
      },
    }
  },
})
