import { HangarError } from '@hangar/core'
import {
  findOrphan,
  insertAudit,
  type OrphanRow,
  readSettings,
  requestOrphanDeletion,
  transact,
} from '@hangar/db'
import { wakeSweep } from '@hangar/jobs'
import { z } from 'zod'
import type { ApiDeps } from '../../../deps.ts'
import { defineRoute } from '../../../http/route.ts'
import { appNameText, dryRunQuery, reasonedBody } from '../fields.ts'
import { orphanAnswer, viewOrphan } from '../list-orphans/view.ts'

export const deleteOrphanRoute = defineRoute({
  method: 'post',
  path: '/v1/orphans/:appName/delete',
  access: 'admin',
  summary: 'Has an orphan deleted without waiting for the grace',
  description:
    'The worker still deletes only what it can prove to be ours, and nothing while a brake holds deletions; `withheld` says why it did not. 409 where it never could.',
  reads: { path: z.object({ appName: appNameText }), query: dryRunQuery, body: reasonedBody },
  answers: { 200: { description: 'A dry run.', body: orphanAnswer }, 202: orphanAnswer },
  problems: ['not_found', 'orphan_not_provable'],
  handle: async ({ path: { appName }, query, body }, { deps, caller, requestId }) => {
    const dryRun = query.dryRun || body.dryRun
    const orphan = await transact(deps.db, { dryRun }, async (tx) => {
      const before = await findOrphan(tx, appName)
      const after = await requestOrphanDeletion(tx, appName, caller.actor)
      if (!before || !after)
        throw new HangarError('not_found', { operator: `there is no orphan ${appName} now` })
      const detail = whyNever(before)
      if (detail !== null)
        throw new HangarError('orphan_not_provable', {
          operator: `${appName}: ${detail}`,
          details: { detail },
        })
      if (before.deleteRequestedBy === null)
        await insertAudit(tx, {
          actor: caller.actor,
          action: 'orphan.delete',
          userId: after.userId,
          reason: body.reason,
          requestId,
          before: { app_name: appName, kind: before.kind, delete_requested_by: null },
          after: { app_name: appName, kind: after.kind, delete_requested_by: after.deleteRequestedBy },
        })
      return after
    })
    if (!dryRun) await wakeScan(deps)
    const { orphans } = await readSettings(deps.db)
    return { status: dryRun ? 200 : 202, body: viewOrphan(orphan, orphans) }
  },
})

/** Null where the worker may find it proven. A closed row says whose it is; else the app's own marks have to. */
function whyNever({ kind, userId, generation }: OrphanRow): string | null {
  if (kind === 'dead_row' || (userId !== null && generation !== null)) return null
  return 'its machines do not agree whose they are; if it is to go, delete it on Fly, and the next scan ends it here'
}

/** With Redis away, the next scan by the clock does it. */
async function wakeScan({ queues, logger }: ApiDeps): Promise<void> {
  try {
    await wakeSweep(queues, 'orphans')
  } catch (err) {
    logger.warn({ err }, 'Redis is away; the next scan will delete the orphan')
  }
}
