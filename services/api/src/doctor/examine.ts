/** All that an API can find out, and what a worker says of itself. */
import {
  compareClocks,
  differingSettings,
  finding,
  FINDING_CODES,
  marksOfSettings,
  SEVERITIES,
  type Finding,
} from '@hangar/core'
import { examineDatabase, readConnectionState } from '@hangar/db'
import { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'
import { toHangarError } from '../http/problem.ts'
import { askWorker } from '../work/ask-worker.ts'
import { examineRedis } from './redis.ts'
import { examineWebhook } from './webhook.ts'

const findingFields = z.strictObject({
  code: z.enum(FINDING_CODES),
  severity: z.enum(SEVERITIES),
  what: z.string(),
  remedy: z.string().nullable().describe('What to do about it; null where nothing has to be done.'),
})
export const findingAnswer = findingFields
  .extend({ by: z.enum(['api', 'worker']).describe('Who saw it.') })
  .meta({ id: 'Finding' })

type Seen = z.infer<typeof findingAnswer>
type Asking = RequestContext & { caller: Caller }

/** `asking` false: no webhook is sent and no worker asked, so that nothing is written. What fails is a finding too. */
export async function examine(context: Asking, asking: boolean): Promise<Seen[]> {
  const { deps } = context
  const parts = await Promise.all([
    settled(deps, async () => [...(await examineDatabase(deps.db)), ...(await examineClock(deps))]),
    settled(deps, () => examineRedis(deps)),
    asking ? settled(deps, () => examineWebhook(deps)) : [],
    asking
      ? examineWorker(context)
      : [byApi(finding('worker_not_asked', 'No worker and no webhook was tried.'))],
  ])
  // A database that is away is met by each part.
  return parts.flat().filter(({ code }, at, all) => {
    return code !== 'database_unreachable' || all.findIndex((one) => one.code === code) === at
  })
}

const byApi = (one: Finding): Seen => ({ ...one, by: 'api' })

async function settled({ logger }: Asking['deps'], look: () => Promise<Finding[]>): Promise<Seen[]> {
  try {
    return (await look()).map(byApi)
  } catch (error) {
    logger.warn({ err: error }, 'the doctor could not look')
    return [byApi(failed(error))]
  }
}

function failed(error: unknown): Finding {
  const { message } = error instanceof Error ? error : new Error(String(error))
  const { code } = toHangarError(error)
  return code === 'database_unavailable'
    ? finding('database_unreachable', 'The API does not reach the database.')
    : finding('api_failed', `The API could not look: ${message}.`)
}

async function examineClock({ db, clock }: Asking['deps']): Promise<Finding[]> {
  const { now } = await readConnectionState(db)
  return [compareClocks('the API', clock.now(), 'the database', now)]
}

const workerAnswer = z.object({
  findings: z.array(findingFields),
  settings: z.record(z.string(), z.string()),
})
const workerError = z.object({ error: z.string() })

async function examineWorker(context: Asking): Promise<Seen[]> {
  const silent = byApi(finding('worker_silent', 'No worker answered within five seconds.'))
  try {
    const { result } = await askWorker(null, { doctor: true }, context)
    const refused = workerError.safeParse(result)
    if (refused.success)
      return [byApi(finding('worker_failed', `A worker could not look: ${refused.data.error}`))]
    const answer = workerAnswer.safeParse(result)
    if (!answer.success) return [silent]
    const seen = answer.data.findings.map((one): Seen => ({ ...one, by: 'worker' }))
    return [...seen, byApi(compareSettings(context.deps, answer.data.settings))]
  } catch (error) {
    context.deps.logger.info({ err: error }, 'no worker was asked')
    const cause = failed(error)
    if (cause.code === 'database_unreachable')
      return [
        byApi(finding('worker_not_asked', 'No worker was asked: the question is a row of the database.')),
      ]
    return [silent]
  }
}

function compareSettings(deps: Asking['deps'], theirs: Record<string, string>): Finding {
  const { policy, keyRing, appPrefix, drainGraceMs } = deps
  const { priceModel, region } = deps.costs
  const publicUrl = deps.publicUrl.href
  const ours = marksOfSettings({ policy, keyRing, appPrefix, drainGraceMs, priceModel, region, publicUrl })
  const names = differingSettings(ours, theirs)
  return names.length === 0
    ? finding('settings_agree', 'The API and the worker have the same settings where they must.')
    : finding('settings_differ', `The API and the worker have other values of ${names.join(', ')}.`)
}
