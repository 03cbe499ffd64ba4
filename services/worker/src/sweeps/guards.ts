/**
 * Looks whether a brake has to engage or may let go, every few seconds, on one worker at a time. What it has seen so
 * far is in Postgres, so that any worker may do the next look.
 *
 *   fly_unreachable  engages on two failed probes in a row, or on one where several users' attempts have just failed
 *                    for want of Fly; one answered probe releases it. Failed attempts alone do not engage it: they
 *                    have a backoff of their own, and the next answered probe would release it at once.
 *   unhealthy_share  see unhealthy-share.ts
 *   deletion_burst   lets go once nobody waits any more
 *
 * And, because it comes as often, whether a machine that has a user's traders is down (silent-holders.ts).
 */
import {
  clearStrikes,
  countOutageFailures,
  raiseAlert,
  releaseBrake,
  releaseBurstIfNobodyWaits,
  resolveAlert,
  strikeBrake,
  wakeHeldByNobody,
  wakeOvertaken,
} from '@hangar/db'
import { FLY_CALL_TIMEOUT_MS, type ReconcileDeps } from '../reconcile/deps.ts'
import { type Probe, probeFly } from './probe.ts'
import { bringTradersBack } from './silent-holders.ts'
import { judgeUnhealthyShare } from './unhealthy-share.ts'

/** Failed probes in a row that are an outage. */
const STRIKES = 2
/** So many users whose last attempt Fly did not serve, within so many seconds, count as one failed probe. */
const FAILED_USERS = 5
const FAILED_WITHIN_SECONDS = 60
/** By then a call that a worker had on its way when it lost its lease has landed: three times what a call may take. */
const LATE_CALL_MS = 3 * FLY_CALL_TIMEOUT_MS
const MOST_LATE_CALLS = 200

export async function sweepGuards(deps: ReconcileDeps, signal: AbortSignal): Promise<Probe['kind']> {
  const probe = await probeFly(deps.fly, signal)
  await judgeFly(deps, probe)
  await tellOfToken(deps, probe)
  await judgeUnhealthyShare(deps)
  if (await releaseBurstIfNobodyWaits(deps.db, deps.settings.policy))
    deps.logger.warn({ brake: 'deletion_burst' }, 'brake released')
  await bringTradersBack(deps, signal)
  await wakeHeldByNobody(deps.db)
  await wakeOvertaken(deps.db, { lateCallMs: LATE_CALL_MS, limit: MOST_LATE_CALLS })
  return probe.kind
}

async function judgeFly({ db, logger, owner }: ReconcileDeps, probe: Probe): Promise<void> {
  if (probe.kind === 'unreachable') {
    const failedUsers = await countOutageFailures(db, FAILED_WITHIN_SECONDS)
    const needed = failedUsers >= FAILED_USERS ? STRIKES - 1 : STRIKES
    const { reason } = probe
    if (await strikeBrake(db, 'fly_unreachable', { needed, by: owner, reason, details: { failedUsers } }))
      logger.error({ brake: 'fly_unreachable', reason, failedUsers }, 'brake engaged')
    else logger.warn({ reason, failedUsers }, "Fly's API did not answer the probe")
    return
  }
  if (probe.kind === 'impaired') logger.warn({ reason: probe.reason }, "Fly's list of machines does not work")
  if (probe.kind === 'served' && probe.errorRegions.length > 0)
    logger.warn({ regions: probe.errorRegions }, 'Fly answers without some regions')
  await clearStrikes(db, 'fly_unreachable')
  if (await releaseBrake(db, 'fly_unreachable')) logger.warn({ brake: 'fly_unreachable' }, 'brake released')
}

/** No brake: each user's work fails by itself, and is tried again every few minutes until the token is changed. */
async function tellOfToken({ db, logger }: ReconcileDeps, probe: Probe): Promise<void> {
  const kind = 'fly_token_refused'
  if (probe.kind === 'refused') {
    const message = "Fly does not accept the worker's token"
    const isNew = await raiseAlert(db, { kind, subject: '', severity: 'critical', message })
    if (isNew) logger.error({ reason: probe.reason }, message)
  } else if (probe.kind === 'served') await resolveAlert(db, kind, '')
}
