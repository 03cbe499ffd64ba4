/** Everything that happened, from what set it off to what Fly answered, newest first. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { formatCode } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { timelineQuery, type TimelineEntry } from './queries.ts'

export function Timeline({ userId }: { userId: string }) {
  const query = useInfiniteQuery(timelineQuery(userId))
  return (
    <Section title="Timeline">
      <Loaded query={query} what="what happened">
        {({ pages }) => (
          <>
            <ol className="timeline">
              {pages.flatMap((page) => page.items.map((entry) => <Entry key={entry.key} entry={entry} />))}
            </ol>
            {query.hasNextPage && (
              <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                Show what was before
              </Button>
            )}
          </>
        )}
      </Loaded>
    </Section>
  )
}

/** What kind of thing it is, and how it is called here. */
const KINDS: Readonly<Record<TimelineEntry['kind'], string>> = {
  want: 'wanted',
  act: 'act',
  attempt: 'attempt',
  step: 'step',
  failure: 'failure',
  health: 'health',
  drift: 'drift',
}

function Entry({ entry }: { entry: TimelineEntry }) {
  return (
    <li className={`entry entry-${entry.kind}`}>
      <span className="entry-at muted">
        <Ago at={entry.at} />
      </span>
      <span className="entry-kind">{KINDS[entry.kind]}</span>
      <div>
        <p>
          <span>{entry.message ?? formatCode(entry.name)}</span>
          {entry.status !== null && <Status state={entry.status} />}
        </p>
        <p className="entry-source muted">
          <code>{entry.name}</code>
          <span>by {entry.actor}</span>
          {entry.attempt !== null && <span>attempt {entry.attempt}</span>}
          {entry.fly !== null && <FlyAnswer fly={entry.fly} />}
        </p>
      </div>
    </li>
  )
}

function FlyAnswer({ fly }: { fly: NonNullable<TimelineEntry['fly']> }) {
  return (
    <span>
      Fly answered {fly.status ?? 'nothing'}
      {fly.request_id !== null && (
        <>
          , request <code>{fly.request_id}</code>
        </>
      )}
    </span>
  )
}
