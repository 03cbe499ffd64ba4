/**
 * The safety net under the trigger and the webhook: enrolled users whose live row is not what their subscription
 * says, and whom nothing else is about to look at. Each one found here is a hint that was lost, so the count should
 * stay flat; it is logged as a warning when it does not.
 *
 * A tier that got another size is no lost hint, and concerns a whole fleet: its users are woken so few at a time that
 * those who wait for their turn are never a crowd.
 */
import { type Difference, listDifferences, raiseWant } from '@hangar/db'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { countWaiting } from '../reconcile/permit.ts'
import { sweepOldSecrets, tellOfRefusedKeys } from './rotation.ts'

const PAGE = 500
/** As many as have their turn until the next sweep, a minute later. */
const MOST_WAITING = 60

/** How many hints were lost. */
export async function sweepDifferences(deps: ReconcileDeps, signal: AbortSignal): Promise<number> {
  const resized: Difference[] = []
  let lost = 0
  for await (const page of pages(deps, signal)) {
    for (const difference of page.filter(({ kind }) => kind !== 'tier_resized')) {
      await raiseWant(deps.db, difference.userId, 'sweep')
      deps.logger.warn(difference, 'the sweep found a difference that no hint had told of')
      lost++
    }
    if (resized.length <= MOST_WAITING) resized.push(...page.filter(({ kind }) => kind === 'tier_resized'))
  }
  if (resized.length > 0) await wakeSome(deps, resized)
  await sweepOldSecrets(deps)
  await tellOfRefusedKeys(deps)
  return lost
}

async function* pages({ db, settings }: ReconcileDeps, signal: AbortSignal): AsyncGenerator<Difference[]> {
  let after: { afterUserId?: string } = {}
  for (;;) {
    signal.throwIfAborted()
    const page = await listDifferences(db, { ...settings.policy, ...after, limit: PAGE })
    yield page
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = { afterUserId: last.userId }
  }
}

async function wakeSome(deps: ReconcileDeps, resized: Difference[]): Promise<void> {
  const waiting = await countWaiting({ deps }, 'correction')
  const chosen = resized.slice(0, Math.max(0, MOST_WAITING - waiting))
  for (const { userId } of chosen) await raiseWant(deps.db, userId, 'sweep')
  deps.logger.info(
    { woken: chosen.length, waiting },
    'a tier has another size: its apps are resized in their turn',
  )
}
