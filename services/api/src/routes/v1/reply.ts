import type { Reply } from '../../http/route.ts'
import type { WorkAnswer } from '../../work/request-work.ts'

/**
 * The answer of every action on a user. 202: the work is wanted and will be done, in Redis now (`job_id`) or found
 * by the relay. 200: nothing was to be done, or a dry run, which tells the `effect` that the real call would have.
 */
export function replyToAction(userId: string, answer: WorkAnswer, dryRun: boolean): Reply {
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
    },
  }
}
