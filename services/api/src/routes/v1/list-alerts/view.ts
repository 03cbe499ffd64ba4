import type { AlertRow } from '@hangar/db'

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
