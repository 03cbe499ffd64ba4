/**
 * Nobody's traders stand still with a machine. Whose app has been silent for longer than a heartbeat takes is asked after
 * on Fly, whatever the engine is about to do there or waits for: a machine that is down runs nothing, nor does one whose
 * program has ended since and was started anew, because that has to ask first. So the user's traders are the shared
 * backend's again until the app asks for them.
 */
import { holdingBrake } from '@hangar/core'
import {
  listEngaged,
  listSilentHolders,
  returnFromGivenUp,
  returnUnlessHeard,
  type SilentHolder,
} from '@hangar/db'
import { type CallOptions, exitOf, FlyError, type Machine } from '@hangar/fly-client'
import { FLY_CALL_TIMEOUT_MS, type ReconcileDeps } from '../reconcile/deps.ts'

/** A heartbeat, and a little: who is only late costs one question. With a sweep each 15 s and a shared backend that asks each 10 s it is less than 60 s. */
const SILENT_MS = 32_000
/** Asked after in one run; where more fall silent at once, the rest is for the next ones. */
const MOST_ASKED = 30
const BUDGET_MS = 10_000
/** Fly's clock and the database's do not differ by more. */
const CLOCKS_DIFFER_MS = 15_000

/** It runs nothing. All else may: one that starts or stops is looked at again. */
const DOWN = new Set(['stopped', 'suspended', 'failed', 'launch_failed', 'destroyed'])

export async function bringTradersBack(deps: ReconcileDeps, stop: AbortSignal): Promise<number> {
  const { db, logger } = deps
  let returned = await returnFromGivenUp(db)
  if (holdingBrake(await listEngaged(db), 'anything', { kind: 'entitled' })) return returned
  const signal = AbortSignal.any([stop, AbortSignal.timeout(BUDGET_MS)])
  for (const holder of await listSilentHolders(db, { silentMs: SILENT_MS, limit: MOST_ASKED })) {
    if (signal.aborted) break
    if (!(await isDown(deps, holder, signal)) || !(await returnUnlessHeard(db, holder))) continue
    returned++
    logger.warn(
      { userId: holder.userId, app: holder.flyAppName },
      'the machine is down: its traders are shared again',
    )
  }
  return returned
}

async function isDown(
  { fly, logger }: ReconcileDeps,
  holder: SilentHolder,
  signal: AbortSignal,
): Promise<boolean> {
  const call: CallOptions = { signal, timeoutMs: FLY_CALL_TIMEOUT_MS, mayBeGone: true }
  try {
    for (const id of holder.machineIds) if (!(await runsNothing(fly, holder, id, call))) return false
    return true
  } catch (error) {
    logger.info({ err: error, app: holder.flyAppName }, 'whether a silent machine is down cannot be told')
    return false
  }
}

/** Gone is what two answers say: the machine is not known, and the list of its app does not have it. */
async function runsNothing(
  fly: ReconcileDeps['fly'],
  { flyAppName: app, heardAt }: SilentHolder,
  id: string,
  call: CallOptions,
): Promise<boolean> {
  try {
    const machine = await fly.machines.get(app, id, call)
    return DOWN.has(machine.state) || hasEndedSince(machine, heardAt)
  } catch (error) {
    if (!(error instanceof FlyError) || error.code !== 'not_found') throw error
    const listed = await fly.machines.list(app, {}, call)
    return DOWN.has(listed.find((machine) => machine.id === id)?.state ?? 'destroyed')
  }
}

/** Whoever was heard of then is no more, and whoever runs now has not asked what to run: one that crashes at each start. */
function hasEndedSince({ events }: Machine, heardAt: Date): boolean {
  const since = heardAt.getTime() + CLOCKS_DIFFER_MS
  return events.some((event) => exitOf(event) !== undefined && (event.timestampMs ?? 0) > since)
}
