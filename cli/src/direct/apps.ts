/** Apps, read on the database itself. */
import { entitlementOf, type Policy } from '@hangar/core'
import {
  type AppFilter,
  type AppSort,
  type Database,
  findWork,
  type ListedApp,
  listApps,
  listEvents,
  readFacts,
  type UserFacts,
  type WorkRow,
} from '@hangar/db'
import type { AppLine, AppListOptions } from '../commands/apps/list.ts'
import { renderEvents } from '../commands/events.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import type { Human } from '../output/output.ts'
import { renderFields } from '../output/table.ts'
import { when } from '../output/words.ts'
import { findUserIdDirectly, openDirectly } from './open.ts'

/** What no fleet has: one page for all. */
const ALL = 1_000_000

export async function listAppsDirectly(
  context: Context,
  options: AppListOptions,
): Promise<{ items: AppLine[]; next_cursor: string | null }> {
  const { db } = await openDirectly(context)
  const { q, status, health, tier, region, attention, sort, limit, all = false } = options
  const words = (text: string | undefined) => text?.split(',') as never
  const filter: AppFilter = {
    q,
    status: words(status),
    health: words(health),
    tier: words(tier),
    region: words(region),
    attention: words(attention),
  }
  const order = { sort: sort.replace(/^-/, '') as AppSort, descending: sort.startsWith('-') }
  const most = all ? ALL : limit
  const rows = await listApps(db, { ...filter, ...order, limit: most + 1 })
  const last = rows[most - 1]
  return {
    items: rows.slice(0, most).map(viewLine),
    next_cursor: rows.length > most && last ? last.id : null,
  }
}

function viewLine(app: ListedApp): AppLine {
  return {
    attention: app.attention,
    email: app.email,
    fly_app_name: app.flyAppName,
    generation: app.generation,
    health_status: app.healthStatus,
    monthly_cost_estimate_usd: app.monthlyCostEstimateUsd,
    region: app.region,
    status: app.status,
    tier: app.tier,
    updated_at: app.updatedAt.toISOString(),
    user_id: app.userId,
  }
}

/** Less than the API tells: what is recorded, without what a worker would make of it. */
export async function showDirectly(context: Context, user: string, eventCount: number): Promise<void> {
  const { db, policy } = await openDirectly(context)
  const userId = await findUserIdDirectly(db, user)
  const facts = await readFacts(db, userId)
  if (!facts.known) throw new CliError(EXIT.noInput, `There is no user ${userId}.`)
  const work = await findWork(db, userId)
  const view = { ...viewUser(facts, work, policy), events: await readEvents(db, userId, eventCount) }
  context.output.result(view, (how) => renderView(view, how))
}

async function readEvents(db: Database, userId: string, limit: number) {
  const rows = limit === 0 ? [] : await listEvents(db, { userId, limit })
  return rows.map((row) => ({
    id: row.id,
    created_at: row.createdAt.toISOString(),
    event_type: row.eventType,
    status: row.status,
    message: row.message,
    actor: row.actor,
  }))
}

function viewUser(facts: UserFacts, work: WorkRow | null, policy: Policy) {
  const { kind, reason } = entitlementOf(facts, policy)
  const { app } = facts
  return {
    user_id: facts.userId,
    subscription: facts.subscription,
    entitlement: { kind, reason },
    override: facts.override,
    wanted_version: facts.want?.wantedVersion ?? 0,
    done_version: work?.doneVersion ?? 0,
    failed_attempts: work?.failedAttempts ?? 0,
    app: app && {
      fly_app_name: app.flyAppName,
      generation: app.generation,
      status: app.status,
      health_status: app.healthStatus,
      fly_machine_id: app.flyMachineId,
      error_code: app.errorCode,
      error_message: app.errorMessage,
      created_at: app.createdAt.toISOString(),
    },
  }
}

type View = ReturnType<typeof viewUser> & { events: Awaited<ReturnType<typeof readEvents>> }

function renderView({ subscription, entitlement, app, events, ...view }: View, how: Human): string {
  const fields = renderFields(
    [
      ['user', view.user_id],
      ['subscription', subscription && `${subscription.tier ?? '-'}, ${subscription.status ?? '-'}`],
      ['entitled', `${entitlement.kind}: ${entitlement.reason}`],
      ['override', view.override?.desired],
      [
        'work',
        `version ${view.done_version} of ${view.wanted_version}, ${view.failed_attempts} failed in a row`,
      ],
      ['app', app?.fly_app_name],
      ['status', app?.status],
      ['health', app?.health_status],
      ['error', app?.error_code && `${app.error_code} ${app.error_message ?? ''}`],
      ['since', when(app?.created_at)],
    ],
    how.paint,
  )
  return events.length === 0 ? fields : `${fields}\n\n${renderEvents(events, how)}`
}
