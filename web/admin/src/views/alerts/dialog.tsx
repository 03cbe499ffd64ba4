import { formatCode, formatCount } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { FieldsOf } from '../../ui/fields-of.tsx'
import { Facts } from '../../ui/page.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { Standing } from './columns.tsx'
import type { Alert } from './query.ts'
import { Subject } from './subject.tsx'

export function AlertDialog({
  alert,
  onClose,
  onAcknowledge,
  busy,
}: {
  alert: Alert
  onClose: () => void
  /** Absent: one may not, or it is done. */
  onAcknowledge?: () => void
  busy: boolean
}) {
  const { engine, operator, ...rest } = alert.details
  return (
    <Dialog title={formatCode(alert.kind)} onClose={onClose} size="wide">
      <div className="dialog-body">
        <p className="lead">{alert.message}</p>
        {typeof engine === 'string' && <p>By itself: {engine}</p>}
        {typeof operator === 'string' && <p>You can: {operator}</p>}
        <Facts
          items={[
            ['Severity', <Status key="severity" state={alert.severity} />],
            ['Standing', <Standing key="standing" alert={alert} />],
            ['About', <Subject key="subject" subject={alert.subject} />],
            ['Seen', `${formatCount(alert.times)} times`],
            ['First', <Ago key="first" at={alert.first_at} />],
            ['Last', <Ago key="last" at={alert.last_at} />],
            ['Acknowledged by', alert.acknowledged_by ?? '–'],
          ]}
        />
        <FieldsOf title="Details" value={rest} />
      </div>
      <footer className="dialog-footer">
        <Button onClick={onClose}>Close</Button>
        {onAcknowledge && (
          <Button kind="primary" busy={busy} onClick={onAcknowledge}>
            Acknowledge
          </Button>
        )}
      </footer>
    </Dialog>
  )
}
