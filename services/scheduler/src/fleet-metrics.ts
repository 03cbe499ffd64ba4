/**
 * What Postgres and Redis know of the fleet and its work, read when somebody scrapes. The scheduler alone shows it: the
 * numbers are the same wherever they are read, there are few schedulers, and a crowd of workers would ask the database
 * as many times over. Where several schedulers run, take `max`, never `sum`.
 */
import {
  ALERT_KINDS,
  ALERT_SEVERITIES,
  type AlertKind,
  APP_STATUSES,
  HEALTH_STATUSES,
  LANES,
  type Policy,
} from '@hangar/core'
import {
  countApps,
  countOpenAlerts,
  type Database,
  measureLanes,
  readCostTotals,
  readSweepTimes,
  sumOrphans,
  type AlertCount,
  type AppCount,
  listEngaged,
} from '@hangar/db'
import {
  JOB_STATES,
  measureQueues,
  QUEUES,
  SCHEDULES,
  type SweepName,
  type QueueMeasure,
  type Queues,
} from '@hangar/jobs'
import { type createMetrics, measureBrakes, type Readings } from '@hangar/runtime'
import { Gauge } from 'prom-client'

export type FleetParts = {
  registry: ReturnType<typeof createMetrics>
  readings: Readings
  db: Database
  queues: Queues
  policy: Policy
}

/** A tier that is none of the paid ones any more, on an app that is still there. */
const OTHER_TIER = 'other'

const LIVE_STATUSES = APP_STATUSES.filter((status) => status !== 'deleted')

export function measureFleet(parts: FleetParts): void {
  measureBrakes(parts.registry, parts.readings, () => listEngaged(parts.db))
  measureApps(parts)
  measureAlerts(parts)
  measureOrphans(parts)
  measureCosts(parts)
  measureWork(parts)
  measureSweeps(parts)
}

function measureApps({ registry, readings, db, policy }: FleetParts): void {
  const tiers = [...policy.paidTiers, OTHER_TIER]
  const apps = new Gauge({
    name: 'hangar_apps',
    help: 'Live apps, by what the engine says of them, how they were found, and their tier.',
    labelNames: ['status', 'health', 'tier'] as const,
    registers: [registry],
    collect: readings.add({ name: 'apps', read: () => countApps(db), show: (counts) => show(counts) }),
  })
  const show = (counts: readonly AppCount[]) => {
    for (const status of LIVE_STATUSES)
      for (const health of HEALTH_STATUSES) for (const tier of tiers) apps.set({ status, health, tier }, 0)
    for (const { status, healthStatus: health, tier, count } of counts)
      apps.inc({ status, health, tier: policy.paidTiers.includes(tier) ? tier : OTHER_TIER }, count)
  }
  show([])
}

function measureAlerts({ registry, readings, db }: FleetParts): void {
  const kinds = Object.keys(ALERT_KINDS) as AlertKind[]
  const alerts = new Gauge({
    name: 'hangar_alerts_open',
    help: "Hangar's own alerts that are not over, by kind and severity; GET /v1/alerts has them.",
    labelNames: ['kind', 'severity'] as const,
    registers: [registry],
    collect: readings.add({
      name: 'alerts',
      read: () => countOpenAlerts(db),
      show: (counts) => show(counts),
    }),
  })
  const show = (counts: readonly AlertCount[]) => {
    for (const kind of kinds) for (const severity of ALERT_SEVERITIES) alerts.set({ kind, severity }, 0)
    // A kind that only another version of Hangar raises is no reason for a series of its own.
    for (const { kind, severity, count } of counts)
      if (Object.hasOwn(ALERT_KINDS, kind)) alerts.set({ kind, severity }, count)
  }
  show([])
}

function measureOrphans({ registry, readings, db }: FleetParts): void {
  const registers = [registry]
  const collect = readings.add({
    name: 'orphans',
    read: () => sumOrphans(db),
    show: ({ found, monthlyCostUsd }) => {
      orphans.set(found)
      cost.set(Number(monthlyCostUsd))
    },
  })
  const orphans: Gauge = new Gauge({
    name: 'hangar_orphans',
    help: 'Apps of ours on Fly that no live row explains.',
    registers,
    collect,
  })
  const cost: Gauge = new Gauge({
    name: 'hangar_orphans_monthly_cost_usd',
    help: 'What those cost a month, together.',
    registers,
    collect,
  })
}

/** A month's ledger is added up for it: often enough for a page, seldom enough for the database. */
const COSTS_EVERY_MS = 60_000

function measureCosts({ registry, readings, db }: FleetParts): void {
  const registers = [registry]
  const collect = readings.add({
    name: 'costs',
    everyMs: COSTS_EVERY_MS,
    read: () => readCostTotals(db),
    show: ({ todayUsd, monthUsd, forecastUsd, monthlyRateUsd }) => {
      today.set(Number(todayUsd))
      month.set(Number(monthUsd))
      forecast.set(Number(forecastUsd))
      rate.set(Number(monthlyRateUsd))
    },
  })
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers, collect })
  const today = gauge('hangar_cost_today_usd', 'What the apps have cost since midnight UTC.')
  const month = gauge('hangar_cost_month_usd', 'What they have cost since the month began, in UTC.')
  const forecast = gauge(
    'hangar_cost_month_forecast_usd',
    'The month so far, and what exists now until it ends.',
  )
  const rate = gauge('hangar_cost_monthly_rate_usd', 'What exists now costs so much in a month of 30 days.')
}

function measureWork({ registry, readings, db, queues, policy }: FleetParts): void {
  const registers = [registry]
  const fromRedis = readings.add({
    name: 'queues',
    read: () => measureQueues(queues),
    show: (measured) => showQueues(measured),
  })
  const fromPostgres = readings.add({
    name: 'lanes',
    read: () => measureLanes(db, policy),
    show: (lanes) => {
      for (const lane of LANES) lag.set({ queue: lane }, 0)
      for (const { lane, oldestDueMs } of lanes) lag.set({ queue: lane }, oldestDueMs / 1000)
    },
  })
  const jobs = new Gauge({
    name: 'hangar_queue_jobs',
    help: 'Jobs in Redis, by queue and state. Of the finished ones, those that are still kept.',
    labelNames: ['queue', 'state'] as const,
    registers,
    collect: fromRedis,
  })
  const lag = new Gauge({
    name: 'hangar_queue_lag_seconds',
    help: 'For how long the work that waits longest could have been worked on: of a lane by Postgres, else by Redis.',
    labelNames: ['queue'] as const,
    registers,
    collect: async () => {
      await Promise.all([fromRedis(), fromPostgres()])
    },
  })
  const paused = new Gauge({
    name: 'hangar_queue_paused',
    help: '1 while somebody has paused the queue: nothing in it is worked on.',
    labelNames: ['queue'] as const,
    registers,
    collect: fromRedis,
  })
  for (const queue of Object.values(QUEUES)) {
    paused.set({ queue }, 0)
    lag.set({ queue }, 0)
    for (const state of JOB_STATES) jobs.set({ queue, state }, 0)
  }
  const showQueues = (measured: readonly QueueMeasure[]) => {
    for (const { queue, jobs: counts, paused: isPaused, oldestWaitingMs } of measured) {
      paused.set({ queue }, isPaused ? 1 : 0)
      for (const state of JOB_STATES) jobs.set({ queue, state }, counts[state])
      if (oldestWaitingMs !== null) lag.set({ queue }, oldestWaitingMs / 1000)
    }
  }
}

function measureSweeps({ registry, readings, db }: FleetParts): void {
  const known = new Set<string>(SCHEDULES.map(({ id }) => id))
  const collect = readings.add({
    name: 'sweeps',
    read: () => readSweepTimes(db),
    show: (times) => {
      for (const { name, everySeconds, lastSeconds } of times.filter((one) => known.has(one.name))) {
        last.set({ sweep: name }, lastSeconds)
        interval.set({ sweep: name }, everySeconds)
      }
    },
  })
  const options = { labelNames: ['sweep'] as const, registers: [registry], collect }
  const last: Gauge<'sweep'> = new Gauge({
    name: 'hangar_sweep_last_success_timestamp_seconds',
    help: 'When the sweep last came to its end, on whichever worker, as a Unix time. 0: nobody has scheduled it yet.',
    ...options,
  })
  const interval: Gauge<'sweep'> = new Gauge({
    name: 'hangar_sweep_interval_seconds',
    help: 'How often it should. 0: nobody has scheduled it yet.',
    ...options,
  })
  for (const sweep of known as Set<SweepName>) {
    last.set({ sweep }, 0)
    interval.set({ sweep }, 0)
  }
}
