import { mayAct, type Session } from '../../api/session.ts'
import { formatDateTime, formatMemory, formatMoney } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Facts } from '../../ui/page.tsx'
import { Next, OrphanStateOf } from './columns.tsx'
import type { Orphan, OrphanAct } from './query.ts'

const PROOF: Readonly<Record<Orphan['kind'], string>> = {
  dead_row: 'A closed row had this name.',
  unknown_name: 'No row ever had this name; our mark is on its machines.',
}

export function OrphanDialog({
  orphan,
  role,
  onAct,
  onClose,
}: {
  orphan: Orphan
  /** Who may act on it; nobody, once it is over. */
  role: Pick<Session, 'role'> | undefined
  onAct: (act: OrphanAct) => void
  onClose: () => void
}) {
  return (
    <Dialog title={orphan.app_name} onClose={onClose} size="wide">
      <div className="dialog-body">
        <p className="lead">{PROOF[orphan.kind]}</p>
        <Facts
          items={[
            ['State', <OrphanStateOf key="state" orphan={orphan} />],
            ['What comes next', <Next key="next" orphan={orphan} />],
            ['User', orphan.user_id === null ? 'nobody knows' : <code key="user">{orphan.user_id}</code>],
            ['A month', formatMoney(orphan.monthly_cost_usd)],
            ['First seen', formatDateTime(orphan.first_seen_at)],
            ['Last seen', formatDateTime(orphan.last_seen_at)],
            ['Machines', <Machines key="machines" machines={orphan.machines} />],
            ...(orphan.note === null ? [] : ([['Note', orphan.note]] as const)),
          ]}
        />
      </div>
      <footer className="dialog-footer">
        <Button onClick={onClose}>Close</Button>
        {mayAct(role, 'operator') && <Button onClick={() => onAct('adopt')}>Adopt…</Button>}
        {mayAct(role, 'admin') && (
          <Button kind="danger" onClick={() => onAct('delete')}>
            Delete…
          </Button>
        )}
      </footer>
    </Dialog>
  )
}

function Machines({ machines }: { machines: Orphan['machines'] }) {
  if (machines.length === 0) return <>none</>
  return (
    <ul className="plain-list">
      {machines.map((machine) => (
        <li key={machine.id}>
          <code>{machine.id}</code> {machine.state} in {machine.region}
          {machine.memory_mb !== null && `, ${formatMemory(machine.memory_mb)}`}
        </li>
      ))}
    </ul>
  )
}
