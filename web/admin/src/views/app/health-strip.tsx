/** A day of health as a strip: the height tells the states apart as well as the colour, and the words are below. */
import { useQuery } from '@tanstack/react-query'
import { formatCode, formatDuration, formatTime } from '../../lib/format.ts'
import { Loaded } from '../../ui/states.tsx'
import { lookOf, Status } from '../../ui/status.tsx'
import { healthQuery, type HealthSegment } from './queries.ts'

export function HealthStrip({ userId }: { userId: string }) {
  const query = useQuery(healthQuery(userId))
  return (
    <Loaded query={query} what="its health">
      {({ segments }) =>
        segments.length === 0 ? (
          <p className="muted">Nothing is known of its health.</p>
        ) : (
          <Strip segments={segments} />
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
            title={`${wordOf(one.status)}, ${formatTime(one.from)} to ${formatTime(one.to)}${one.message === null ? '' : `: ${one.message}`}`}
          />
        ))}
      </div>
      <ul className="strip-totals">
        {totals.map(([status, ms]) => (
          <li key={status}>
            <Status state={status} word={wordOf(status)} />{' '}
            <span className="muted">{formatDuration(ms)}</span>
          </li>
        ))}
      </ul>
    </>
  )
}

/** `none`: there was no app to be healthy. */
const wordOf = (status: string): string => (status === 'none' ? 'No app' : formatCode(status))

function totalsOf(
  segments: readonly HealthSegment[],
  lasted: (one: HealthSegment) => number,
): [string, number][] {
  const totals = new Map<string, number>()
  for (const one of segments) totals.set(one.status, (totals.get(one.status) ?? 0) + lasted(one))
  return [...totals]
}
