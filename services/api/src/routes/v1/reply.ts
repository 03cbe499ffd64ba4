import { isHangarError } from '@hangar/core'
import type { Caller } from '../../auth/caller.ts'
import type { Reply } from '../../http/declaration.ts'
import type { RequestContext } from '../../http/route.ts'
import { askWorker, viewInspection } from '../../work/ask-worker.ts'
import type { WorkAnswer } from '../../work/request-work.ts'

/**
 * The answer of every action on a user. 202: the work is wanted and will be done, in Redis now (`job_id`) or found
 * by the relay. 200: nothing was to be done, or a dry run, which tells the `effect` that the real call would have,
 * and, as `inspection`, each step that a worker would then take.
 */
export async function replyToAction(
  userId: string,
  answer: WorkAnswer,
  dryRun: boolean,
  context: RequestContext & { caller: Caller },
): Promise<Reply> {
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
