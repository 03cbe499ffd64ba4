/**
 * The brake `unhealthy_share`. It engages above the threshold and lets go at half of it, so that a fleet that hovers
 * around the threshold does not make it flap; while it holds, what is unhealthy is only looked at. Where the machines
 * really are down and stay down, an operator lets go, and the repairs follow at their pace.
 */
import { engageBrake, listEngaged, measureFleet, readSettings, releaseBrake } from '@hangar/db'
import type { ReconcileDeps } from '../reconcile/deps.ts'

const RELEASE_SHARE = 0.5

export async function judgeUnhealthyShare({ db, logger, owner }: ReconcileDeps): Promise<void> {
  const { unhealthyShare } = await readSettings(db)
  const { active, unhealthy } = await measureFleet(db)
  const allowed = Math.max(unhealthyShare.least, Math.floor(active * unhealthyShare.share))
  const facts = { unhealthy, active, allowed }
  if (unhealthy > allowed) {
    const reason = `${unhealthy} of ${active} apps are unhealthy; ${allowed} may be`
    if (await engageBrake(db, 'unhealthy_share', { by: owner, reason, details: facts }))
      logger.error({ brake: 'unhealthy_share', reason }, 'brake engaged')
    return
  }
  if (unhealthy > allowed * RELEASE_SHARE || !(await listEngaged(db)).includes('unhealthy_share')) return
  if (await releaseBrake(db, 'unhealthy_share'))
    logger.warn({ brake: 'unhealthy_share', ...facts }, 'brake released')
}
