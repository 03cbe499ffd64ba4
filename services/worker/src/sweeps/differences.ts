/**
 * The safety net under the trigger and the webhook: enrolled users whose live row is not what their subscription
 * says, and whom nothing else is about to look at. Each one found here is a hint that was lost, so the count should
 * stay flat; it is logged as a warning when it does not.
 */
import { listDifferences, raiseWant } from '@hangar/db'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { sweepOldSecrets, tellOfRefusedKeys } from './rotation.ts'

const PAGE = 500

export async function sweepDifferences(deps: ReconcileDeps, signal: AbortSignal): Promise<number> {
  const { policy } = deps.settings
  let found = 0
  let afterUserId: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const after = afterUserId === undefined ? {} : { afterUserId }
    const page = await listDifferences(deps.db, { ...policy, ...after, limit: PAGE })
    for (const difference of page) {
      await raiseWant(deps.db, difference.userId, 'sweep')
      deps.logger.warn(difference, 'the sweep found a difference that no hint had told of')
    }
    found += page.length
    afterUserId = page.at(-1)?.userId
    if (page.length < PAGE) break
  }
  await sweepOldSecrets(deps)
  await tellOfRefusedKeys(deps)
  return found
}
