import { insertAudit, readSettings, transact, writeSetting } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { dryRunQuery } from '../fields.ts'
import { changeSettingsBody, settingsAnswer, viewSettings } from './schema.ts'

export const changeSettings = defineRoute({
  method: 'patch',
  path: '/v1/settings',
  access: 'admin',
  summary: 'Changes any part of any setting, on every worker, with its next look',
  description: 'Answers with all of them as they are then, or, for a dry run, as they would be.',
  reads: { query: dryRunQuery, body: changeSettingsBody },
  answers: { 200: settingsAnswer },
  handle: async ({ query, body: { reason, changes, ...body } }, { deps, caller, requestId }) => {
    const dryRun = query.dryRun || body.dryRun
    const settings = await transact(deps.db, { dryRun }, async (tx) => {
      const before = await readSettings(tx)
      for (const { name, value } of changes) await writeSetting(tx, name, value, caller.actor)
      const after = await readSettings(tx)
      await insertAudit(tx, {
        actor: caller.actor,
        action: 'settings.change',
        reason: reason ?? null,
        requestId,
        before: viewSettings(before),
        after: viewSettings(after),
      })
      return after
    })
    return { status: 200, body: viewSettings(settings) }
  },
})
