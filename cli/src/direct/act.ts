/** What is done to one user, written on the database itself: override, want and audit row as the API writes them. */
import { type Asked, askForForce, askForRetry, askForWork, readFacts, type Tx } from '@hangar/db'
import type { ActionResult, Act } from '../commands/apps/act.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import type { ChangeOptions } from '../options.ts'
import { type Direct, findUserIdDirectly, openDirectly, settingsOf } from './open.ts'

export async function actDirectly(
  context: Context,
  user: string,
  what: Act,
  { dryRun = false, reason }: ChangeOptions,
): Promise<ActionResult> {
  const direct = await openDirectly(context)
  context.output.note(`By the rules set here: ${settingsOf(direct.policy)}`)
  const userId = await findUserIdDirectly(direct.db, user)
  const asked = await direct.db
    .transaction()
    .execute((tx) => ask(tx, direct, userId, what, { dryRun, reason }))
  return {
    user_id: userId,
    effect: asked.effect,
    dry_run: dryRun,
    status: asked.app?.status ?? null,
    fly_app_name: asked.app?.flyAppName ?? null,
    wanted_version: asked.wantedVersion,
  }
}

async function ask(
  tx: Tx,
  { policy, ...direct }: Direct,
  userId: string,
  what: Act,
  { dryRun, reason }: { dryRun: boolean; reason: string | undefined },
): Promise<Asked> {
  const facts = await readFacts(tx, userId)
  if (!facts.known) throw new CliError(EXIT.noInput, `There is no user ${userId}.`)
  const by = direct.by(reason)
  const how = { by, dryRun, policy }
  switch (what.verb) {
    case 'retry':
      return askForRetry(tx, facts, how)
    case 'force':
      return askForForce(tx, facts, what.action, { ...how, by: { ...by, reason: reason ?? '' } })
    case 'provision':
      return askForWork(
        tx,
        facts,
        { ...asWish(what.force, reason), intent: 'provision', tier: what.tier },
        how,
      )
    case 'deprovision':
      return askForWork(tx, facts, { ...asWish(what.force, reason), intent: 'deprovision' }, how)
  }
}

/** As the API reads it: against the subscription only with a reason. */
function asWish(force: boolean, reason: string | undefined) {
  if (force && reason === undefined) throw new CliError(EXIT.dataError, '--force needs --reason.')
  return { force, source: 'operator' } as const
}
