import {
  type AppCount,
  type BrakeRow,
  countApps,
  countDesired,
  countPending,
  type LaneBacklog,
  listBrakes,
  listSweeps,
  readBudget,
  readDatabaseTime,
  sumOrphans,
  type SweepState,
  summarizeAlerts,
} from '@hangar/db'
import { measureQueues, type QueueMeasure, type Queues } from '@hangar/jobs'
import type { z } from 'zod'
import type { ApiDeps } from '../../../deps.ts'
import { defineRoute } from '../../../http/route.ts'
import { overviewAnswer } from './schema.ts'

export const getOverview = defineRoute({
  method: 'get',
  path: '/v1/overview',
  access: 'viewer',
  summary: 'How the whole fleet is, and what is not as it should be',
  description: 'At most a second old: `generated_at` says when.',
  answers: { 200: overviewAnswer },
  handle: async (_input, { deps }) => ({ status: 200 as const, body: await readOnce(deps) }),
})

type Overview = z.output<typeof overviewAnswer>

/**
 * It looks at every user. So whoever asks while somebody's answer is made, or shortly after that, gets the same: a page
 * asks after each change, and all pages do so at once. A page is told of a change before what it then asks can be older.
 */
const made = new WeakMap<Queues, { overview: Promise<Overview>; goodUntilMs: number }>()

function readOnce(deps: ApiDeps): Promise<Overview> {
  // The one thing of a process that every request is given itself.
  const { queues } = deps
  const known = made.get(queues)
  if (known && deps.clock.now().getTime() < known.goodUntilMs) return known.overview
  const overview = readOverview(deps)
  made.set(queues, { overview, goodUntilMs: Number.POSITIVE_INFINITY })
  overview.then(
    () => made.set(queues, { overview, goodUntilMs: deps.clock.now().getTime() + deps.overviewReuseMs }),
    () => made.delete(queues),
  )
  return overview
}

async function readOverview(deps: ApiDeps): Promise<Overview> {
  const { db, policy } = deps
  const [now, apps, desired, work, orphans, sweeps, queues, money, brakes, alerts] = await Promise.all([
    readDatabaseTime(db),
    countApps(db),
    countDesired(db, policy),
    countPending(db, policy),
    sumOrphans(db),
    listSweeps(db),
    readQueues(deps),
    readBudget(db),
    listBrakes(db),
    summarizeAlerts(db),
  ])
  const { entitled, notEntitled, unknown, missing, surplus } = desired
  const { pending, parked, lanes } = work
  const { stuck, ...open } = alerts
  const outage = brakes.find(({ name }) => name === 'fly_unreachable')?.engagedAt ?? null
  return {
    generated_at: now,
    apps: sumApps(apps),
    desired: { entitled, not_entitled: notEntitled, unknown },
    differences: { missing, surplus, pending, parked },
    stuck,
    orphans: { count: orphans.found, monthly_cost_usd: orphans.monthlyCostUsd },
    sweeps: sweeps.map(viewSweep),
    queues: queues?.map((queue) => viewQueue(queue, lanes)) ?? null,
    outbox: {
      pending: lanes.reduce((sum, { dueCount }) => sum + dueCount, 0),
      oldest_ms: Math.max(0, ...lanes.map(({ oldestDueMs }) => oldestDueMs)),
    },
    cost: {
      today_usd: money.totals.todayUsd,
      month_usd: money.totals.monthUsd,
      forecast_usd: money.totals.forecastUsd,
      budget_usd: money.budget?.monthlyUsd ?? null,
    },
    brakes: brakes.map(viewBrake),
    alerts: open,
    fly: { reachable: outage === null, since: outage },
  }
}

function viewSweep({ name, everyMs, completedAt, late }: SweepState) {
  return { name, every_ms: everyMs, completed_at: completedAt, late }
}

function viewBrake({ name, engagedAt, reason }: BrakeRow) {
  return { name, engaged: engagedAt !== null, reason, since: engagedAt }
}

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
async function readQueues({ queues, clock, logger }: ApiDeps): Promise<QueueMeasure[] | null> {
  try {
    return await measureQueues(queues, clock)
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
