/** One act on many users: how far it is, what became of each, and the brake pedal. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { formatCount } from '../../lib/format.ts'
import { Page, Facts } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { Ago } from '../../ui/time.tsx'
import { BulkItems } from './items.tsx'
import { bulkTitle } from './list.tsx'
import { BulkProgress, BulkState, etaOf } from './progress.tsx'
import { bulkQuery, ended, useBulkVerb, type Bulk } from './query.ts'
import { leastToResume } from './roles.ts'
import { bulkRoute } from './route.ts'
import { StateFilter } from './state-filter.tsx'
import { Verbs } from './verbs.tsx'

export function BulkDetail() {
  const { bulkId } = bulkRoute.useParams()
  const { state } = bulkRoute.useSearch()
  const query = useQuery(bulkQuery(bulkId))
  return (
    <Page
      title={query.data === undefined ? `Bulk run ${bulkId}` : bulkTitle(query.data)}
      fill
      meta={
        <>
          <Link to="/bulk">All bulk runs</Link>
          {query.data && <BulkState bulk={query.data} />}
        </>
      }
      actions={query.data && <BulkVerbs bulk={query.data} />}
    >
      <Loaded query={query} what="the bulk run">
        {(bulk) => (
          <>
            <Summary bulk={bulk} />
            <StateFilter run={bulk} state={state} target={{ to: '/bulk/$bulkId', params: { bulkId } }} />
            <BulkItems bulkId={bulkId} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

function Summary({ bulk }: { bulk: Bulk }) {
  return (
    <div className="bulk-summary">
      <BulkProgress bulk={bulk} />
      <Facts
        items={[
          ['Come to an end', `${formatCount(ended(bulk))} of ${formatCount(bulk.total)}`],
          ['To the end', etaOf(bulk)],
          ['Pace', `${formatCount(bulk.per_minute)} a minute`],
          ['By', bulk.created_by],
          ['Begun', <Ago key="begun" at={bulk.created_at} />],
          ['Reason', bulk.reason],
        ]}
      />
    </div>
  )
}

function BulkVerbs({ bulk }: { bulk: Bulk }) {
  return (
    <Verbs
      run={bulk}
      what="bulk run"
      verb={useBulkVerb(String(bulk.id))}
      leastToResume={leastToResume(bulk)}
      asked="Who was asked comes to an end."
    />
  )
}
