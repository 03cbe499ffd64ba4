import { type BulkAction, judgeForBulk } from '@hangar/core'
import { listFacts, type Tx, type UserFacts } from '@hangar/db'
import type { ApiDeps } from '../deps.ts'

/** Users whose facts are read in one go. */
const PAGE = 1_000

/** `code`: the user is left out, and why. */
export type Judged = { facts: UserFacts; code?: string; detail?: string }

/** Whom an act on many can be done to, in the order given. */
export async function judgeAll(
  tx: Tx,
  userIds: readonly string[],
  act: { action: BulkAction; force: boolean },
  { policy }: Pick<ApiDeps, 'policy'>,
): Promise<Judged[]> {
  const judged: Judged[] = []
  for (let from = 0; from < userIds.length; from += PAGE)
    for (const facts of await listFacts(tx, userIds.slice(from, from + PAGE))) {
      const verdict = judgeForBulk(act, facts, policy)
      judged.push(verdict.eligible ? { facts } : { facts, code: verdict.code, detail: verdict.text })
    }
  return judged
}
