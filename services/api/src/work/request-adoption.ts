/** Has an app that no row knows taken up by its user's next work: what speaks against it is found before anything is said. */
import { entitlementOf, HangarError, type Policy } from '@hangar/core'
import {
  findLostApp,
  insertAudit,
  isOrphanBeingDeleted,
  type OrphanRow,
  raiseWant,
  readFacts,
  readSettings,
  type Settings,
  transact,
  type Tx,
  type UserFacts,
  withdrawOrphanDeletion,
} from '@hangar/db'
import type { Caller } from '../auth/caller.ts'
import type { RequestContext } from '../http/route.ts'
import { wakeUser } from './wake-user.ts'

export type Adoption = {
  orphan: OrphanRow
  settings: Settings['orphans']
  userId: string
  wantedVersion: number | null
  jobId: string | null
}

export async function requestAdoption(
  request: { appName: string; reason: string; dryRun: boolean },
  context: RequestContext & { caller: Caller },
): Promise<Adoption> {
  const { deps } = context
  const { dryRun } = request
  const done = await transact(deps.db, { dryRun }, (tx) => adopt(tx, request, context))
  if (dryRun) return { ...done, wantedVersion: null, jobId: null }
  const wake = { userId: done.userId, lane: 'provision', evenIfBackingOff: true } as const
  return { ...done, jobId: await wakeUser(deps, wake) }
}

async function adopt(
  tx: Tx,
  { appName, reason }: { appName: string; reason: string },
  { deps, caller, requestId }: RequestContext & { caller: Caller },
): Promise<Omit<Adoption, 'jobId'>> {
  const orphan = await withdrawOrphanDeletion(tx, appName)
  if (!orphan) throw new HangarError('not_found', { operator: `there is no orphan ${appName} now` })
  const { userId, kind } = orphan
  const facts = userId === null ? null : await readFacts(tx, userId)
  const detail = await whyNot(tx, orphan, facts, deps.policy)
  if (detail !== null || userId === null)
    throw new HangarError('orphan_not_adoptable', {
      operator: `${appName}: ${detail ?? ''}`,
      details: { detail },
    })
  const wantedVersion = await raiseWant(tx, userId, 'operator', { enroll: true })
  await insertAudit(tx, {
    actor: caller.actor,
    action: 'orphan.adopt',
    userId,
    reason,
    requestId,
    before: { app_name: appName, kind },
    after: { app_name: appName, wantedVersion },
  })
  return { orphan, settings: (await readSettings(tx)).orphans, userId, wantedVersion }
}

/** Null where the engine would take it up, as far as the rows can tell. */
async function whyNot(
  tx: Tx,
  orphan: OrphanRow,
  facts: UserFacts | null,
  policy: Policy,
): Promise<string | null> {
  const { appName, kind, generation, network } = orphan
  if (kind !== 'unknown_name') return 'a closed row had its name, and a name is never used twice'
  if (!facts || generation === null) return 'its machines do not agree whose they are'
  if (network !== appName) return 'it is not on a network of its own, as every app of ours is'
  if (await isOrphanBeingDeleted(tx, orphan)) return 'it is being deleted'
  if (facts.app) return `its user has ${facts.app.flyAppName}; deprovision that first`
  const entitlement = entitlementOf(facts, policy)
  if (entitlement.kind !== 'entitled') return `its user is to have no app: ${entitlement.reason}`
  const lost = await findLostApp(tx, facts.userId)
  if (lost?.appName === appName) return null
  return lost ? `${lost.appName} is newer` : 'its user had a newer app since'
}
