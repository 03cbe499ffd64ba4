/**
 * While the master key is replaced, apps at rest have their secrets written anew, a few in each turn, so that Fly's
 * rate limits and the users' own work come first. Nothing is restarted for it.
 */
import { isRotating } from '@hangar/core'
import { countOnOldKeys, countOnRefusedKeys, listOldSecrets, raiseWant, settleFindings } from '@hangar/db'
import type { ReconcileDeps } from '../reconcile/deps.ts'

const AT_ONCE = 50

/** A key that was taken out while apps still know it: they go on trading, and what they send is refused. */
export async function tellOfRefusedKeys({ db, keyRing, logger }: ReconcileDeps): Promise<void> {
  const apps = await countOnRefusedKeys(
    db,
    keyRing.accepted.map(({ id }) => id),
  )
  if (apps > 0) logger.error({ apps }, 'apps still know a master key that is accepted no more')
  const message = `${apps} apps know a master key that is neither the current nor the previous one`
  const finding = { subject: '', severity: 'critical', message, details: { apps } } as const
  await settleFindings(db, 'old_key_in_use', apps > 0 ? [finding] : [])
}

export async function sweepOldSecrets({ db, keyRing, logger }: ReconcileDeps): Promise<number> {
  if (!isRotating(keyRing)) return 0
  const users = await listOldSecrets(db, keyRing.current.id, AT_ONCE)
  for (const userId of users) await raiseWant(db, userId, 'sweep')
  const onOldKey = await countOnOldKeys(db, keyRing.current.id)
  logger.info({ rewriting: users.length, onOldKey: onOldKey.tokens }, 'the master key is being replaced')
  return users.length
}
