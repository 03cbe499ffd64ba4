/** All that an API can find out, and what a worker says of itself. */
import { compareClocks, finding, FINDING_CODES, SEVERITIES, type Finding } from '@hangar/core'
import { examineDatabase, readConnectionState } from '@hangar/db'
import { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'
import { askWorker } from '../work/ask-worker.ts'
import { examineRedis } from './redis.ts'
import { examineWebhook } from './webhook.ts'

export const findingAnswer = z
  .strictObject({
    code: z.enum(FINDING_CODES),
    severity: z.enum(SEVERITIES),
    what: z.string(),
    remedy: z.string().nullable().describe('What to do about it; null where nothing has to be done.'),
  })
  .meta({ id: 'Finding' })

type Asking = RequestContext & { caller: Caller }

/** `asking` false: no webhook is sent and no worker asked, so that nothing is written. */
export async function examine(context: Asking, asking: boolean): Promise<Finding[]> {
  const { deps } = context
  const parts = await Promise.all([
    examineDatabase(deps.db),
    examineClock(deps),
    examineRedis(deps),
    asking ? examineWebhook(deps) : [],
    asking ? examineWorker(context) : [finding('worker_not_asked', 'No worker and no webhook was tried.')],
  ])
  return parts.flat()
}

async function examineClock({ db, clock }: Asking['deps']): Promise<Finding[]> {
  const { now } = await readConnectionState(db)
  return [compareClocks('the API', clock.now(), 'the database', now)]
}

const workerAnswer = z.object({ findings: z.array(findingAnswer) })

async function examineWorker(context: Asking): Promise<Finding[]> {
  const silent = finding('worker_silent', 'No worker answered within five seconds.')
  try {
    const asked = await askWorker(null, { doctor: true }, context)
    const answer = workerAnswer.safeParse(asked.result)
    return answer.success ? answer.data.findings : [silent]
  } catch (error) {
    context.deps.logger.info({ err: error }, 'no worker was asked')
    return [silent]
  }
}
