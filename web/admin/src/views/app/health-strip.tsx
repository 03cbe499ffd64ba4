/** A day of health as a strip: the height tells the states apart as well as the colour, and the words are below. */
import { useQuery } from '@tanstack/react-query'
import { formatDuration, formatTime } from '../../lib/format.ts'
import { Loaded } from '../../ui/states.tsx'
import { lookOf, Status } from '../../ui/status.tsx'
import { healthQuery, type HealthSegment } from './queries.ts'

export function HealthStrip({ userId }: { userId: string }) {
  const query = useQuery(healthQuery(userId))
  return (
    <Loaded query={query} what="its health">
      {({ items }) =>
        items.length === 0 ? (
          <p className="muted">Nothing is known of its health.</p>
        ) : (
          <Strip segments={items} />
        )
      }
    </Loaded>
  )
}

function Strip({ segments }: { segments: readonly HealthSegment[] }) {
  const lasted = (one: HealthSegment) => Date.parse(one.to) - Date.parse(one.from)
  const totals = totalsOf(segments, lasted)
  return (
    <>
      <div className="strip" aria-hidden="true">
        {segments.map((one) => (
          <span
            key={one.from}
            className={`strip-part strip-${one.status} tone-${lookOf(one.status).tone}`}
            style={{ flexGrow: lasted(one) }}
            title={`${one.status}, ${formatTime(one.from)} to ${formatTime(one.to)}`}
          />
        ))}
      </div>
      <ul className="strip-totals">
        {totals.map(([status, ms]) => (
          <li key={status}>
            <Status state={status} /> <span className="muted">{formatDuration(ms)}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

function totalsOf(
  segments: readonly HealthSegment[],
  lasted: (one: HealthSegment) => number,
): [string, number][] {
  const totals = new Map<string, number>()
  for (const one of segments) totals.set(one.status, (totals.get(one.status) ?? 0) + lasted(one))
  return [...totals]
}
