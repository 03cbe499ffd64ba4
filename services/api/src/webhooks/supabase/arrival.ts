/** That webhooks arrive is noted now and then, so that somebody is told when tier changes go on and webhooks do not. */
import { recordWebhookArrival } from '@hangar/db'
import type { ApiDeps } from '../../deps.ts'

/** One small write in so long, whatever the traffic; whoever judges the silence allows for it. */
const NOTE_EVERY_MS = 10_000

const notedAtMs = new WeakMap<ApiDeps['db'], number>()

/** Waits for nothing and fails for nobody: the answer to the webhook does not depend on it. */
export function noteArrival({ db, clock, logger }: Pick<ApiDeps, 'db' | 'clock' | 'logger'>): void {
  const nowMs = clock.now().getTime()
  if (nowMs - (notedAtMs.get(db) ?? -Infinity) < NOTE_EVERY_MS) return
  notedAtMs.set(db, nowMs)
  recordWebhookArrival(db).catch((err: unknown) => {
    notedAtMs.delete(db)
    logger.debug({ err }, 'the arrival of a webhook was not noted')
  })
}
