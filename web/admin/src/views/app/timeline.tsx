/** Everything that happened, from what set it off to what Fly answered, newest first. */
import { useInfiniteQuery } from '@tanstack/react-query'
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
              {pages.flatMap((page) => page.items.map((entry) => <Entry key={entry.id} entry={entry} />))}
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

function Entry({ entry }: { entry: TimelineEntry }) {
  return (
    <li className={`entry entry-${entry.kind}`}>
      <span className="entry-at muted">
        <Ago at={entry.at} />
      </span>
      <span className="entry-kind">{entry.kind}</span>
      <div>
        <p>
          {entry.title} {entry.status !== null && <Status state={entry.status} />}
        </p>
        {entry.text !== null && <p className="muted">{entry.text}</p>}
        {(entry.request_id !== null || entry.actor !== null) && (
          <p className="entry-source muted">
            {entry.actor !== null && <span>by {entry.actor}</span>}
            {entry.request_id !== null && (
              <span>
                Fly request <code>{entry.request_id}</code>
              </span>
            )}
          </p>
        )}
      </div>
    </li>
  )
}
