/** The log of the last run, line by line as it is written, and its end kept in sight while one is there. */
import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { formatCode, formatTime } from '../../lib/format.ts'
import { Section } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { lastRunOf } from './run-of.ts'
import { recentEventsQuery, type AppEvent } from './queries.ts'

export function LastRun({ userId, running }: { userId: string; running: boolean }) {
  const query = useQuery(recentEventsQuery(userId))
  return (
    <Section title="Last run" aside={running ? <Status state="running" word="Running" /> : null}>
      <Loaded query={query} what="its log">
        {(page) => <Log events={page.items} />}
      </Loaded>
    </Section>
  )
}

/** From the end, as many pixels as still count as being there. */
const NEAR_PX = 24

function Log({ events }: { events: readonly AppEvent[] }) {
  const lines = useMemo(() => lastRunOf(events), [events])
  const box = useRef<HTMLDivElement>(null)
  const follows = useRef(true)
  useEffect(() => {
    if (follows.current && box.current) box.current.scrollTop = box.current.scrollHeight
  }, [lines])
  if (lines.length === 0) return <p className="muted">Nothing has been done for this user yet.</p>
  return (
    <div
      ref={box}
      className="log"
      role="log"
      aria-label="Log of the last run"
      // Scrollable by keyboard.
      tabIndex={0}
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < NEAR_PX
      }}
    >
      <ol>
        {lines.map((event) => (
          <li key={event.id}>
            <time dateTime={event.created_at}>{formatTime(event.created_at)}</time>
            <Status state={event.status} />
            <span className="log-text">
              {event.message ?? formatCode(event.event_type)}{' '}
              <span className="muted">{event.event_type}</span>
            </span>
          </li>
        ))}
      </ol>
    </div>
  )
}
