import { isHangarError } from '@hangar/core'
import { z } from 'zod'
import type { Caller } from '../../auth/caller.ts'
import { count } from '../../http/answer-fields.ts'
import type { ReplyTo } from '../../http/declaration.ts'
import type { RequestContext } from '../../http/route.ts'
import { askWorker, inspectionAnswer, viewInspection } from '../../work/ask-worker.ts'
import type { WorkAnswer } from '../../work/request-work.ts'
import { appStatus } from './fields.ts'

export const actionAnswer = z
  .strictObject({
    user_id: z.guid(),
    effect: z
      .enum(['nothing', 'work', 'lift', 'override'])
      .describe('`lift`: the override that was in the way ends; `override`: a new one is written.'),
    dry_run: z.boolean(),
    status: appStatus.nullable().describe("The app's, as recorded before."),
    fly_app_name: z.string().nullable(),
    wanted_version: count.nullable(),
    job_id: z
      .string()
      .nullable()
      .describe('Null where nothing is to be done, or the relay will add the job.'),
    inspection: inspectionAnswer
      .nullable()
      .optional()
      .describe('Of a dry run: each step that a worker would take. Null while Redis is away.'),
  })
  .meta({ id: 'ActionResult' })

/** Of every action on a user. */
export const actionAnswers = {
  200: { description: 'Nothing was to be done, or a dry run.', body: actionAnswer },
  202: { description: 'It is wanted, and will be done.', body: actionAnswer },
} as const

/** The answer of every action on a user. 202: in Redis now (`job_id`), or found by the relay. */
export async function replyToAction(
  userId: string,
  answer: WorkAnswer,
  dryRun: boolean,
  context: RequestContext & { caller: Caller },
): Promise<ReplyTo<typeof actionAnswers>> {
  const inspection = dryRun ? { inspection: await inspect(userId, answer, context) } : {}
  return {
    status: answer.wantedVersion === null ? 200 : 202,
    body: {
      user_id: userId,
      effect: answer.effect,
      dry_run: dryRun,
      status: answer.app?.status ?? null,
      fly_app_name: answer.app?.flyAppName ?? null,
      wanted_version: answer.wantedVersion,
      job_id: answer.jobId,
      ...inspection,
    },
  }
}

/** Null while Redis is away: what the call would do is known all the same. */
async function inspect(
  userId: string,
  answer: WorkAnswer,
  context: RequestContext & { caller: Caller },
): Promise<ReturnType<typeof viewInspection> | null> {
  try {
    return viewInspection(await askWorker(userId, answer.question, context))
  } catch (error) {
    if (isHangarError(error, 'redis_unavailable')) return null
    throw error
  }
}
