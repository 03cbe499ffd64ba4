/**
 * Every kind of alert that Hangar raises. `hangar.alerts` takes no other, each has its page in docs/runbooks, and who is
 * told of it follows from its severity:
 *
 *   critical  paying users are harmed, or soon will be, and nothing cures it by itself in good time
 *   warning   somebody should look at it within the day
 *   info      worth a line, and nobody has to be told
 */
export const ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number]

type Kind = {
  /** What one of this kind usually has; a single alert may say otherwise. */
  severity: AlertSeverity
  meaning: string
}

export const ALERT_KINDS = {
  provision_failed: {
    severity: 'critical',
    meaning: 'a paying user has no app: making it was given up, and is tried again only after long pauses',
  },
  deprovision_failed: {
    severity: 'critical',
    meaning: 'an app that nobody pays for could not be taken down: it may need cleaning up by hand',
  },
  retries_high: {
    severity: 'warning',
    meaning: 'work on a live app has failed more than three times in a row',
  },
  app_unhealthy: { severity: 'warning', meaning: 'one app has been found unhealthy again and again' },
  placement_stuck: {
    severity: 'critical',
    meaning: "a user's traders are on the move, and run nowhere, for longer than a minute",
  },
  drain_lost: {
    severity: 'warning',
    meaning: 'an app ended with signals or executions that it could not deliver',
  },
  old_key_in_use: {
    severity: 'critical',
    meaning: 'apps still know a master key that is accepted no more: what they send is refused',
  },
  stuck: { severity: 'critical', meaning: 'a passing state of one user lasts longer than it may' },
  orphan_found: {
    severity: 'warning',
    meaning: 'an app of ours on Fly that no live row explains, and that costs',
  },
  brake_engaged: {
    severity: 'critical',
    meaning: 'a brake holds teardowns or repairs back for everybody until its condition is gone',
  },
  fly_token_refused: { severity: 'critical', meaning: "Fly does not accept the worker's token" },
  sweep_late: {
    severity: 'warning',
    meaning: 'a sweep has not completed for two of its intervals: what it would find is not found',
  },
  outbox_lag: {
    severity: 'critical',
    meaning: 'users have been due for work for too long, and no worker holds them',
  },
  queue_lag: { severity: 'warning', meaning: 'a job has been waiting in its queue for too long' },
  webhook_silence: {
    severity: 'warning',
    meaning: 'tier changes are found by the relay alone: the webhook does not arrive',
  },
  migration_stopped: {
    severity: 'warning',
    meaning: 'a migration of existing users has stopped itself, or ended, and too many of them failed',
  },
  migration_waits: {
    severity: 'warning',
    meaning: 'a wave of a migration has had no end for too long: nobody after it is asked',
  },
  budget: { severity: 'warning', meaning: 'the apps of this month cost a good part of the budget, or more' },
  channel_failing: {
    severity: 'critical',
    meaning: 'alerts do not get through on one channel: who relies on it hears nothing',
  },
  user_notice_failing: {
    severity: 'warning',
    meaning: "notices to users cannot be written into the product's table",
  },
} as const satisfies Record<string, Kind>

export type AlertKind = keyof typeof ALERT_KINDS
