import { formatCode, formatCount, formatDuration, plural } from '../../lib/format.ts'
import { Section } from '../../ui/page.tsx'
import { Tag } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import type { Overview } from './query.ts'

/** What looks after everything by the clock: a late one finds nothing. */
export function Sweeps({ sweeps }: { sweeps: Overview['sweeps'] }) {
  return (
    <Section title="Sweeps">
      {sweeps.length === 0 && <p className="muted">None has run yet.</p>}
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Sweep</th>
            <th scope="col">Every</th>
            <th scope="col">Last</th>
          </tr>
        </thead>
        <tbody>
          {sweeps.map((sweep) => (
            <tr key={sweep.name}>
              <th scope="row">{formatCode(sweep.name)}</th>
              <td>{formatDuration(sweep.every_ms)}</td>
              <td>
                {sweep.completed_at === null ? 'not yet' : <Ago at={sweep.completed_at} />}{' '}
                {sweep.late && <Tag tone="bad">late</Tag>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}

export function Queues({ queues, outbox }: Pick<Overview, 'queues' | 'outbox'>) {
  return (
    <Section title="Queues" aside={<a href="/admin/queues/">Bull Board</a>}>
      {queues === null ? (
        <p>
          Redis cannot be asked. Nothing is lost: {plural(outbox.pending, 'user')}{' '}
          {outbox.pending === 1 ? 'is' : 'are'} due, and will be worked on when it is back.
        </p>
      ) : (
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">Queue</th>
              {['Waiting', 'Active', 'Delayed', 'Failed', 'Oldest'].map((name) => (
                <th key={name} scope="col" className="cell-end">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {queues.map((queue) => (
              <tr key={queue.name}>
                <th scope="row">
                  {queue.name} {queue.paused && <Tag tone="warn">paused</Tag>}
                </th>
                {[queue.waiting, queue.active, queue.delayed, queue.failed].map((count, at) => (
                  <td key={at} className="cell-end">
                    {formatCount(count)}
                  </td>
                ))}
                <td className="cell-end">
                  {queue.oldest_waiting_ms === null ? '–' : formatDuration(queue.oldest_waiting_ms)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  )
}
