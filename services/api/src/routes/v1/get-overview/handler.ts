import {
  type AppCount,
  countApps,
  countDesired,
  type LaneBacklog,
  listBrakes,
  listSweeps,
  measureBacklog,
  measureLanes,
  readBudget,
  readDatabaseTime,
  sumOrphans,
  summarizeAlerts,
} from '@hangar/db'
import { measureQueues, type QueueMeasure } from '@hangar/jobs'
import type { ApiDeps } from '../../../deps.ts'
import { defineRoute } from '../../../http/route.ts'
import { overviewAnswer } from './schema.ts'

export const getOverview = defineRoute({
  method: 'get',
  path: '/v1/overview',
  access: 'viewer',
  summary: 'How the whole fleet is, and what is not as it should be',
  answers: { 200: overviewAnswer },
  handle: async (_input, { deps }) => {
    const { db, policy } = deps
    const [now, apps, desired, orphans, sweeps, queues, outbox, money, brakes, alerts] = await Promise.all([
      readDatabaseTime(db),
      countApps(db),
      countDesired(db, policy),
      sumOrphans(db),
      listSweeps(db),
      readQueues(deps),
      measureBacklog(db),
      readBudget(db),
      listBrakes(db),
      summarizeAlerts(db),
    ])
    const { entitled, notEntitled, unknown, missing, surplus, pending, parked } = desired
    const { stuck, ...open } = alerts
    const outage = brakes.find(({ name }) => name === 'fly_unreachable')?.engagedAt ?? null
    return {
      status: 200,
      body: {
        generated_at: now,
        apps: sumApps(apps),
        desired: { entitled, not_entitled: notEntitled, unknown },
        differences: { missing, surplus, pending, parked },
        stuck,
        orphans: { count: orphans.found, monthly_cost_usd: orphans.monthlyCostUsd },
        sweeps: sweeps.map(({ name, everyMs, completedAt, late }) => ({
          name,
          every_ms: everyMs,
          completed_at: completedAt,
          late,
        })),
        queues,
        outbox: { pending: outbox.dueCount, oldest_ms: Math.max(0, outbox.oldestDueMs) },
        cost: {
          today_usd: money.totals.todayUsd,
          month_usd: money.totals.monthUsd,
          forecast_usd: money.totals.forecastUsd,
          budget_usd: money.budget?.monthlyUsd ?? null,
        },
        brakes: brakes.map(({ name, engagedAt, reason }) => ({
          name,
          engaged: engagedAt !== null,
          reason,
          since: engagedAt,
        })),
        alerts: open,
        fly: { reachable: outage === null, since: outage },
      },
    }
  },
})

function sumApps(counts: readonly AppCount[]) {
  const by = (key: (one: AppCount) => string) => {
    const sums: Record<string, number> = {}
    for (const one of counts) sums[key(one)] = (sums[key(one)] ?? 0) + one.count
    return sums
  }
  return {
    live: counts.reduce((sum, { count }) => sum + count, 0),
    by_status: by(({ status }) => status),
    by_health: by(({ healthStatus }) => healthStatus),
    by_tier: by(({ tier }) => tier),
  }
}

/** Null while Redis is away: what Postgres knows is told all the same. */
async function readQueues({ db, queues, policy, clock, logger }: ApiDeps) {
  try {
    const [measured, lanes] = await Promise.all([measureQueues(queues, clock), measureLanes(db, policy)])
    return measured.map((one) => viewQueue(one, lanes))
  } catch (err) {
    logger.info({ err }, 'the queues were not measured')
    return null
  }
}

function viewQueue({ queue, jobs, paused, oldestWaitingMs }: QueueMeasure, lanes: readonly LaneBacklog[]) {
  const { waiting, active, delayed, failed } = jobs
  const lane = lanes.find((one) => one.lane === queue)
  const oldest = lane ? lane.oldestDueMs : oldestWaitingMs
  return {
    name: queue,
    waiting,
    active,
    delayed,
    failed,
    paused,
    oldest_waiting_ms: oldest === null ? null : Math.max(0, oldest),
  }
}
