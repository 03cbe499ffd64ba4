/**
 * Looks at every active app: one listing of the whole organisation, joined with the apps' own heartbeats. It writes
 * health, which is an observation and no state; whatever has to be done about it is done by the reconcile it wakes.
 * A listing in which a region is missing acts on nothing that it does not show.
 */
import { type BrakedAct, type HealthStatus, holdingBrake } from '@hangar/core'
import {
  type HealthLook,
  type HealthSubject,
  type HealthVerdict,
  listEngaged,
  listHealthSubjects,
  listRevived,
  raiseWant,
  recordHealth,
  resolveUnhealthyAlerts,
} from '@hangar/db'
import type { OrgMachine } from '@hangar/fly-client'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { watchForChanges } from './changed-by-hand.ts'
import { keepCostStates } from './cost-states.ts'
import { type Failing, FAILURES_BEFORE_ALERT, tellOfUnhealthy } from './unhealthy-apps.ts'
import { judgeUnhealthyShare } from './unhealthy-share.ts'

const PAGE = 500
/** A heartbeat comes every 30 s; three missed ones are a fact. */
const HEARTBEAT_STALE_MS = 90_000
/** Fly's listing may be a minute behind: of a machine younger than this it tells nothing. */
const LISTING_LAG_MS = 120_000
/** Looks in a row at a missing or stopped machine before it is repaired: a listing may lag. */
const FAILURES_BEFORE_REPAIR = 2

export type HealthSummary = {
  checked: number
  unhealthy: number
  unknown: number
  woken: number
  partial: boolean
}

/**
 * Nobody is woken before the whole fleet has been looked at: where too much of it is unhealthy at once, or a brake
 * holds repairs already, what was found is written down and left alone. In an outage of Fly it is not even asked.
 */
export async function sweepHealth(deps: ReconcileDeps, signal: AbortSignal): Promise<HealthSummary> {
  if (await isBraked(deps, 'anything')) {
    deps.logger.info('health sweep left out: Fly is unreachable')
    return { checked: 0, unhealthy: 0, unknown: 0, woken: 0, partial: true }
  }
  const listing = await deps.fly.orgs.collectMachines({}, { signal })
  const summary: HealthSummary = {
    checked: 0,
    unhealthy: 0,
    unknown: 0,
    woken: 0,
    partial: !listing.complete,
  }
  const { toWake, failing } = await lookAtAll(deps, { listing, summary, signal })
  await judgeUnhealthyShare(deps)
  if (!(await isBraked(deps, 'repair'))) {
    for (const userId of toWake) await raiseWant(deps.db, userId, 'health')
    summary.woken = toWake.length
    await tellOfUnhealthy(deps, failing)
  }
  summary.woken += await wakeRevived(deps)
  await resolveUnhealthyAlerts(deps.db)
  deps.logger.info(summary, 'health sweep')
  return summary
}

type Looking = {
  listing: Awaited<ReturnType<ReconcileDeps['fly']['orgs']['collectMachines']>>
  summary: HealthSummary
  signal: AbortSignal
}

async function lookAtAll(deps: ReconcileDeps, { listing, summary, signal }: Looking) {
  const changeOf = watchForChanges(listing.machines, deps.settings.installationId)
  const machines = new Map(listing.machines.map((machine) => [machine.id, machine]))
  const toWake: string[] = []
  const failing: Failing[] = []
  let afterId: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const subjects = await listHealthSubjects(deps.db, {
      limit: PAGE,
      ...(afterId === undefined ? {} : { afterId }),
    })
    const looks = subjects.flatMap((subject): HealthLook[] => {
      const verdict = judge(subject, machines.get(subject.flyMachineId ?? ''), listing.complete)
      return verdict ? [{ subject, verdict }] : []
    })
    await recordHealth(deps.db, looks, deps.owner)
    await keepCostStates(
      deps,
      looks.map(({ subject }) => ({ subject, machine: machines.get(subject.flyMachineId ?? '') })),
    )
    for (const { subject, verdict } of looks) {
      summary.checked++
      if (verdict.status !== 'healthy') summary[verdict.status]++
      const failures = verdict.status === 'unhealthy' ? subject.healthFailures + 1 : 0
      if (failures >= FAILURES_BEFORE_ALERT) failing.push({ subject, verdict, failures })
      // A want that is open already is about to be worked on; raising it again would begin its backoff anew.
      const failed = verdict.repair && failures >= FAILURES_BEFORE_REPAIR
      if (!subject.pending && (failed || (!verdict.repair && changeOf(subject) !== null)))
        toWake.push(subject.userId)
    }
    afterId = subjects.at(-1)?.id
    if (subjects.length < PAGE) return { toWake, failing }
  }
}

/** Of an app that was given up because it was silent, and speaks again, the pause is over; no repair is begun by it. */
async function wakeRevived({ db }: ReconcileDeps): Promise<number> {
  const revived = await listRevived(db, PAGE)
  for (const userId of revived) await raiseWant(db, userId, 'health')
  return revived.length
}

async function isBraked({ db }: ReconcileDeps, act: BrakedAct): Promise<boolean> {
  return holdingBrake(await listEngaged(db), act, { kind: 'entitled' }) !== null
}

/** What one look says of one app; null where it can say nothing yet. */
export function judge(
  subject: Pick<HealthSubject, 'lastHeartbeatAt' | 'launchedAt' | 'now'>,
  machine: Pick<OrgMachine, 'state'> | undefined,
  complete: boolean,
): HealthVerdict | null {
  const launchedMs = subject.now.getTime() - (subject.launchedAt?.getTime() ?? 0)
  if (launchedMs < LISTING_LAG_MS) return null
  if (!machine) {
    if (!complete) return verdict('unknown', 'Fly answered in part, and this machine was not in it', false)
    return verdict('unhealthy', 'the machine is not on Fly', true)
  }
  if (machine.state !== 'started') return verdict('unhealthy', `the machine is ${machine.state}`, true)
  // An image that sends no heartbeats was found healthy by its checks; Fly's word is all there is of it.
  const beatAt = subject.lastHeartbeatAt
  if (!beatAt) return verdict('healthy', 'the machine is started', false)
  const silentMs = subject.now.getTime() - beatAt.getTime()
  if (silentMs > HEARTBEAT_STALE_MS)
    return verdict('unhealthy', `no heartbeat for ${Math.round(silentMs / 1000)} s`, false)
  return verdict('healthy', 'started, and its heartbeat is fresh', false)
}

function verdict(status: HealthStatus, reason: string, repair: boolean): HealthVerdict {
  return { status, reason, repair }
}
