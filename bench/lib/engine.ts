import { randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

import { findLiveApp, type AppRow, type Database } from '@hangar/db'

import type { ReconcileDeps } from '../../services/worker/src/reconcile/deps.ts'
import { reconcileUser } from '../../services/worker/src/reconcile/job.ts'
import type { Names } from './names.ts'

/** The engine alone, without a queue. */
export async function reconcileToTheEnd(deps: ReconcileDeps, userId: string): Promise<void> {
  for (;;) {
    const outcome = await reconcileUser(deps, userId, new AbortController().signal)
    if (outcome.kind === 'done' && outcome.again !== true) return
    if (outcome.kind === 'retry' || outcome.kind === 'never') throw outcome.error
    await delay(outcome.kind === 'again_after' ? outcome.delayMs : 0)
  }
}

export async function activeApp(db: Database, userId: string): Promise<AppRow> {
  const app = await findLiveApp(db, userId)
  if (app?.status !== 'active') throw new Error(`The user has ${app?.status ?? 'no app'}, not an active one`)
  return app
}

export function namesOf(app: AppRow): Names {
  const { id: appId, userId, flyAppName: appName, flyMachineId, flyInstanceId } = app
  return {
    userId,
    appId,
    appName,
    machineId: flyMachineId ?? randomUUID(),
    instanceId: flyInstanceId ?? randomUUID(),
  }
}
