/**
 * While the master key is replaced, apps at rest have their secrets written anew, a few in each turn, so that Fly's
 * rate limits and the users' own work come first. Nothing is restarted for it.
 */
import { isRotating } from '@hangar/core'
import { countOnOldKeys, listOldSecrets, raiseWant } from '@hangar/db'
import type { ReconcileDeps } from '../reconcile/deps.ts'

const AT_ONCE = 50

export async function sweepOldSecrets({ db, keyRing, logger }: ReconcileDeps): Promise<number> {
  if (!isRotating(keyRing)) return 0
  const users = await listOldSecrets(db, keyRing.current.id, AT_ONCE)
  for (const userId of users) await raiseWant(db, userId, 'sweep')
  const onOldKey = await countOnOldKeys(db, keyRing.current.id)
  logger.info({ rewriting: users.length, onOldKey: onOldKey.tokens }, 'the master key is being replaced')
  return users.length
}
