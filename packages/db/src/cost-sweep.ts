/**
 * The ledger of apps at rest, as the sweeps keep it: the hourly look at prices, and what the health sweep's listing shows
 * of a machine that was stopped or started by somebody else.
 */
import type { CostState } from '@hangar/core'
import { sql } from 'kysely'
import type { AppRow } from './apps.ts'
import { endInterval, setCostInterval } from './cost.ts'
import type { Database } from './database.ts'

type PricedApp = Pick<AppRow, 'id' | 'region' | 'cpuKind' | 'cpus' | 'memoryMb'>

export type CostSubject = PricedApp & {
  monthlyCostEstimateUsd: string | null
  /** Of the open interval; null where there is none. */
  state: CostState | null
  priceModel: string | null
  usdPerSecond: string | null
  /** It began with the tier, region and size that the row has now. */
  isOfRow: boolean | null
}

/** What an app of its size and region costs, in whichever state it is. */
export type Prices = {
  priceModel: string
  usdPerSecond: Readonly<Record<CostState, string>>
  monthlyCostEstimateUsd: string
}

/**
 * Active apps on which nothing is under way, in order of id, each with its open interval. One without an interval that
 * is not well may have no machine: its interval begins when the health sweep sees one.
 */
export async function listCostSubjects(
  db: Database,
  { limit, afterId }: { limit: number; afterId?: string | undefined },
): Promise<CostSubject[]> {
  const after = afterId ?? '00000000-0000-0000-0000-000000000000'
  const { rows } = await sql<CostSubject>`
    select app.id, app.region, app.cpu_kind, app.cpus, app.memory_mb, app.monthly_cost_estimate_usd, part.state,
      part.price_model, part.usd_per_second, (part.tier, part.region, part.cpu_kind, part.cpus, part.memory_mb)
        = (app.tier, app.region, app.cpu_kind, app.cpus, app.memory_mb) as is_of_row
    from public.user_fly_apps app
    left join hangar.cost_intervals part on part.user_fly_app_id = app.id and part.ended_at is null
      -- Said of both, or each page reads the intervals of all the pages before it.
      and part.user_fly_app_id > ${after}::uuid
    where app.status = 'active' and app.operation is null
      and (part.id is not null or app.health_status = 'healthy')
      and app.id > ${after}::uuid
    order by app.id limit ${limit}`.execute(db)
  return rows
}

/** Those of these apps whose open interval says otherwise than `state`; an app without one is among them. */
export async function listOtherStates(
  db: Database,
  appIds: readonly string[],
  state: CostState,
): Promise<PricedApp[]> {
  const { rows } = await sql<PricedApp>`
    select app.id, app.region, app.cpu_kind, app.cpus, app.memory_mb from public.user_fly_apps app
    left join hangar.cost_intervals part on part.user_fly_app_id = app.id and part.ended_at is null
    where app.id = any (${[...appIds]}::uuid[]) and part.state is distinct from ${state}`.execute(db)
  return rows
}

/** Ends the intervals of these apps, whose machines are gone, in one statement. What is at work on is left to whoever is. */
export async function endCostIntervals(
  db: Database,
  gone: readonly { id: string; flyMachineId: string | null }[],
): Promise<void> {
  if (gone.length === 0) return
  const looks = gone.map(({ id, flyMachineId }) => ({ id, machine_id: flyMachineId }))
  await sql`
    with app as (
      select app.id from public.user_fly_apps app
      join jsonb_to_recordset(${JSON.stringify(looks)}::jsonb) as look (id uuid, machine_id text) using (id)
      where app.status = 'active' and app.operation is null
        and app.fly_machine_id is not distinct from look.machine_id
      order by app.id for no key update of app),
    ledger_end as ${endInterval(null)}
    select count(*) from ledger_end`.execute(db)
}

/**
 * True when the ledger was not as it should be. `state`: what Fly shows; without it the state stays as it is, and an app
 * without an interval is taken to run.
 */
export async function mendCostInterval(
  db: Database,
  appId: string,
  prices: Prices,
  state?: CostState,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    // Whoever works on the app keeps its ledger too: it is left alone unless it is at rest, and held at rest.
    const app = await tx
      .selectFrom('userFlyApps')
      .select(['id', 'monthlyCostEstimateUsd'])
      .where('id', '=', appId)
      .where('status', '=', 'active')
      .where('operation', 'is', null)
      .forUpdate()
      .executeTakeFirst()
    if (!app) return false
    const { priceModel, usdPerSecond, monthlyCostEstimateUsd } = prices
    if (app.monthlyCostEstimateUsd !== monthlyCostEstimateUsd)
      await tx.updateTable('userFlyApps').set({ monthlyCostEstimateUsd }).where('id', '=', appId).execute()
    const seen = state ?? (await openState(tx, appId)) ?? 'running'
    return setCostInterval(tx, appId, { state: seen, priceModel, usdPerSecond: usdPerSecond[seen] })
  })
}

async function openState(tx: Database, appId: string): Promise<CostState | undefined> {
  const open = await tx
    .selectFrom('hangar.costIntervals')
    .select('state')
    .where('userFlyAppId', '=', appId)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  return open?.state
}
