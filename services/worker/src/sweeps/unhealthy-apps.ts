/**
 * One alert for each app that the health sweep finds unhealthy again and again. It is long before the app counts as
 * stuck, and it also tells of one that crashes, comes back and crashes: that one never lasts long enough for that. It
 * resolves by itself.
 */
import { type HealthSubject, type HealthVerdict, raiseAlert, resolveAlert } from '@hangar/db'
import type { ReconcileDeps } from '../reconcile/deps.ts'

/** Looks in a row: of one that is alone a repair, or Fly itself, may know more by the next. */
export const FAILURES_BEFORE_ALERT = 2
/** Alerts of their own in one run; beyond that the crowd is the news. */
const MOST_ALERTS = 200

export type Failing = { subject: HealthSubject; verdict: HealthVerdict; failures: number }

/** Not to be called while a brake holds repairs: its alert stands for all of them. */
export async function tellOfUnhealthy({ db }: ReconcileDeps, failing: readonly Failing[]): Promise<void> {
  for (const { subject, verdict, failures } of failing.slice(0, MOST_ALERTS)) {
    await raiseAlert(db, {
      kind: 'app_unhealthy',
      subject: subject.userId,
      severity: 'warning',
      message: `unhealthy at ${failures} looks in a row: ${verdict.reason}`,
      details: {
        app: subject.flyAppName,
        machine_id: subject.flyMachineId,
        engine: verdict.repair
          ? 'starts a stopped machine, makes a missing one anew, and waits for one that Fly restarts'
          : 'goes on looking, and restarts no machine that runs',
        operator: 'look at its logs on Fly and at the image; force recreate makes the app anew',
        force: 'recreate',
      },
    })
  }
  if (failing.length <= MOST_ALERTS) return resolveAlert(db, 'app_unhealthy', '')
  await raiseAlert(db, {
    kind: 'app_unhealthy',
    subject: '',
    severity: 'critical',
    message: `${failing.length} apps are unhealthy again and again: the cause is not in them; ${MOST_ALERTS} have alerts of their own`,
  })
}
