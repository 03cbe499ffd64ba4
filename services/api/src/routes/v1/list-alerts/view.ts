import type { AlertRow } from '@hangar/db'
import { ALERT_SEVERITIES } from '@hangar/core'
import { z } from 'zod'
import { anyFields, count, time } from '../../../http/answer-fields.ts'

export const alertAnswer = z
  .strictObject({
    id: z.int(),
    kind: z.string(),
    subject: z.string().describe("A user's id, an app's or a brake's name; empty for the whole fleet."),
    severity: z.enum(ALERT_SEVERITIES),
    message: z.string(),
    details: anyFields,
    times: count,
    first_at: time,
    last_at: time,
    acknowledged_at: time.nullable(),
    acknowledged_by: z.string().nullable(),
    resolved_at: time.nullable(),
  })
  .meta({ id: 'Alert' })

export function viewAlert(alert: AlertRow) {
  const { id, kind, subject, severity, message, details, times } = alert
  return {
    id,
    kind,
    subject,
    severity,
    message,
    details,
    times,
    first_at: alert.firstAt,
    last_at: alert.lastAt,
    acknowledged_at: alert.acknowledgedAt,
    acknowledged_by: alert.acknowledgedBy,
    resolved_at: alert.resolvedAt,
  }
}
