/**
 * Looks at every active app: one listing of the whole organisation, joined with the apps' own heartbeats. It writes
 * health, which is an observation and no state; whatever has to be done about it is done by the reconcile it wakes.
 * A listing in which a region is missing acts on nothing of that region that it does not show.
 */
import { type BrakedAct, type HealthStatus, holdingBrake, idleFrom, lastWordDrained } from '@hangar/core'
import {
  DEFAULT_SETTINGS,
  type HealthLook,
  type HealthSubject,
  type HealthVerdict,
  listEngaged,
  listHealthSubjects,
  listRevived,
  listUnseenSubjects,
  raiseWant,
  readDatabaseTime,
  readSettings,
  recordHealth,
  resolveUnhealthyAlerts,
} from '@hangar/db'
import type { OrgMachine } from '@hangar/fly-client'
import type { ReconcileDeps } from '../reconcile/deps.ts'
import { watchForChanges } from './changed-by-hand.ts'
import { keepCostStates } from './cost-states.ts'
import { type Failing, FAILURES_BEFORE_ALERT, tellOfUnhealthy } from './unhealthy-apps.ts'
import { type Reports, whatIsWrong } from './reports.ts'
import { judgeUnhealthyShare } from './unhealthy-share.ts'

const PAGE = 500
/** A heartbeat comes every 30 s; three missed ones are a fact. */
const HEARTBEAT_STALE_MS = 90_000
/** Fly's listing may be a minute behind: of a machine younger than this it tells nothing. */
const LISTING_LAG_MS = 120_000
/** Looks in a row at a missing or stopped machine before it is repaired: a listing may lag. */
const FAILURES_BEFORE_REPAIR = 2
const NOTHING_SAID = {
  bootstrappedAt: null,
  drainedAt: null,
  lastCycleAt: null,
  runningTraders: 0,
  restartedAt: [],
}

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
  const { summary, toWake, failing } = await lookAtAll(deps, signal)
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

type Sighting = HealthLook & { machine: OrgMachine | undefined }

type Look = {
  summary: HealthSummary
  noCyclesMs: number
  /** Of which the listing may lack machines. */
  missingRegions: Set<string>
  /** Machines that were shown and are not well. */
  ailing: Map<string, OrgMachine>
  toWake: string[]
  failing: Failing[]
}

/**
 * What is well is written page by page of the listing and forgotten, so that a fleet takes no more memory the larger
 * it is. Of the others nothing is known before the whole listing has been read: a machine may be shown twice, and one
 * that is not there may come last. Whoever comes to rest meanwhile has been looked at by the engine.
 */
async function lookAtAll(deps: ReconcileDeps, signal: AbortSignal): Promise<Look> {
  const summary = { checked: 0, unhealthy: 0, unknown: 0, woken: 0, partial: false }
  const { noCyclesMs } = (await readSettings(deps.db)).health
  const look: Look = {
    summary,
    noCyclesMs,
    missingRegions: new Set(),
    ailing: new Map(),
    toWake: [],
    failing: [],
  }
  const watch = watchForChanges(deps.settings.installationId)
  const since = await readDatabaseTime(deps.db)
  for await (const page of deps.fly.orgs.machines({}, { signal })) {
    for (const region of page.errorRegions) look.missingRegions.add(region)
    summary.partial ||= page.errorRegions.length > 0
    await lookAtPage(deps, look, { machines: page.machines, watch, since })
  }
  let afterId: string | undefined
  for (;;) {
    signal.throwIfAborted()
    const subjects = await listUnseenSubjects(deps.db, { since, limit: PAGE, afterId })
    await lookAtUnseen(deps, look, { subjects, watch, since })
    afterId = subjects.at(-1)?.id
    if (subjects.length < PAGE) break
  }
  look.toWake.push(...watch.changed)
  return look
}

type Page = { machines: OrgMachine[]; watch: ReturnType<typeof watchForChanges>; since: Date }

async function lookAtPage(deps: ReconcileDeps, look: Look, { machines, watch, since }: Page): Promise<void> {
  const subjects = await listHealthSubjects(
    deps.db,
    machines.map(({ appName }) => appName),
  )
  const byApp = new Map(subjects.map((subject) => [subject.flyAppName, subject]))
  const well = machines.flatMap((machine): Sighting[] => {
    const subject = byApp.get(machine.appName)
    const verdict = subject && judge(subject, machine, { complete: true, noCyclesMs: look.noCyclesMs, since })
    if (!verdict) return []
    watch.see(subject, machine)
    const { lastHealthCheck } = subject
    if (machine.id !== subject.flyMachineId || (lastHealthCheck && lastHealthCheck >= since)) return []
    if (verdict.status === 'healthy') return [{ subject, verdict, machine }]
    look.ailing.set(machine.id, machine)
    return []
  })
  await write(deps, look.summary, well)
}

type Rest = { subjects: HealthSubject[]; watch: ReturnType<typeof watchForChanges>; since: Date }

async function lookAtUnseen(
  deps: ReconcileDeps,
  look: Look,
  { subjects, watch, since }: Rest,
): Promise<void> {
  const { summary, noCyclesMs, missingRegions, ailing, toWake, failing } = look
  const sightings = subjects.flatMap((subject): Sighting[] => {
    const machine = ailing.get(subject.flyMachineId ?? '')
    const complete = !missingRegions.has(subject.region)
    const verdict = judge(subject, machine, { complete, noCyclesMs, since })
    return verdict ? [{ subject, verdict, machine }] : []
  })
  await write(deps, summary, sightings)
  for (const { subject, verdict, machine } of sightings) {
    const failures = verdict.status === 'unhealthy' ? subject.healthFailures + 1 : 0
    if (failures >= FAILURES_BEFORE_ALERT) failing.push({ subject, verdict, failures })
    if (verdict.repair || !machine) watch.leave(subject)
    // A want that is open already is about to be worked on; raising it again would begin its backoff anew.
    if (!subject.pending && verdict.repair && failures >= FAILURES_BEFORE_REPAIR) toWake.push(subject.userId)
  }
}

async function write(deps: ReconcileDeps, summary: HealthSummary, sightings: Sighting[]): Promise<void> {
  await recordHealth(deps.db, sightings, deps.owner)
  await keepCostStates(deps, sightings)
  summary.checked += sightings.length
  for (const { verdict } of sightings) if (verdict.status !== 'healthy') summary[verdict.status]++
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

type Seen = Pick<OrgMachine, 'state'> | undefined
type Judged = Pick<HealthSubject, 'lastHeartbeatAt' | 'launchedAt' | 'now'> &
  Partial<Reports & Pick<HealthSubject, 'drainedAt'>>

type Shown = {
  /** What is not shown is not there. */
  complete: boolean
  noCyclesMs?: number
}

type Listed = Shown & {
  /** When the listing began: what it shows late, it shows late of machines launched shortly before that. */
  since: Date
}

/** What one look says of one app; null where a listing can say nothing of it yet. Fly's word on one machine always can. */
export function judge(subject: Judged, machine: Seen, shown: Shown & { since?: undefined }): HealthVerdict
export function judge(subject: Judged, machine: Seen, shown: Listed): HealthVerdict | null
export function judge(
  subject: Judged,
  machine: Seen,
  { complete, noCyclesMs = DEFAULT_SETTINGS.health.noCyclesMs, since }: Shown & { since?: Date | undefined },
): HealthVerdict | null {
  const launchedAtMs = subject.launchedAt?.getTime() ?? 0
  if (since && since.getTime() - launchedAtMs < LISTING_LAG_MS) return null
  if (!machine) {
    if (!complete) return verdict('unknown', 'Fly answered in part, and this machine was not in it', false)
    return verdict('unhealthy', 'the machine is not on Fly', true)
  }
  if (machine.state !== 'started') return verdict('unhealthy', `the machine is ${machine.state}`, true)
  const reports = { ...NOTHING_SAID, ...subject }
  const drainedAt = lastWordDrained(reports)
  if (drainedAt && idleFrom(drainedAt) <= subject.now)
    return verdict('unhealthy', 'it has drained unasked, and idles', true)
  // An image that sends no heartbeats was found healthy by its checks; Fly's word is all there is of it.
  const beatAt = subject.lastHeartbeatAt
  if (!beatAt) return verdict('healthy', 'the machine is started', false)
  const silentMs = subject.now.getTime() - beatAt.getTime()
  if (silentMs > HEARTBEAT_STALE_MS)
    return verdict('unhealthy', `no heartbeat for ${Math.round(silentMs / 1000)} s`, false)
  const wrong = whatIsWrong(reports, noCyclesMs)
  if (wrong !== null) return verdict('unhealthy', wrong, false)
  return verdict('healthy', 'started, and its heartbeat is fresh', false)
}

function verdict(status: HealthStatus, reason: string, repair: boolean): HealthVerdict {
  return { status, reason, repair }
}
