/** One act on many users: how far it is, what became of each, and the brake pedal. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { mayAct, sessionQuery } from '../../api/session.ts'
import { formatCode, formatCount, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Page, Facts } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { Ago } from '../../ui/time.tsx'
import { TypedConfirm } from '../../ui/typed-confirm.tsx'
import { BulkItems } from './items.tsx'
import { bulkTitle } from './list.tsx'
import { BulkProgress, BulkState, etaOf } from './progress.tsx'
import { bulkQuery, ended, goesOn, useBulkVerb, type Bulk } from './query.ts'
import { leastToResume } from './roles.ts'
import { bulkRoute, ITEM_STATES } from './route.ts'

export function BulkDetail() {
  const { bulkId } = bulkRoute.useParams()
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
      actions={query.data && <Verbs bulk={query.data} />}
    >
      <Loaded query={query} what="the bulk run">
        {(bulk) => (
          <>
            <Summary bulk={bulk} />
            <StateFilter bulk={bulk} />
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

function Verbs({ bulk }: { bulk: Bulk }) {
  const { data: session } = useQuery(sessionQuery)
  const verb = useBulkVerb(String(bulk.id))
  const [cancelling, setCancelling] = useState(false)
  const open = goesOn(bulk) && (bulk.state === 'running' || bulk.state === 'paused')
  if (!open || !mayAct(session, 'operator')) return null
  const waiting = bulk.counts.waiting
  return (
    <>
      {bulk.state === 'running' ? (
        <Button busy={verb.isPending} onClick={() => verb.mutate({ verb: 'pause' })}>
          Pause
        </Button>
      ) : (
        mayAct(session, leastToResume(bulk)) && (
          <Button busy={verb.isPending} onClick={() => verb.mutate({ verb: 'resume' })}>
            Resume
          </Button>
        )
      )}
      <Button kind="danger" onClick={() => setCancelling(true)}>
        Cancel…
      </Button>
      {cancelling && (
        <TypedConfirm
          title="Cancel this bulk run"
          affected={[]}
          action={`Leave out ${plural(waiting, 'user')}`}
          danger
          reason="optional"
          onConfirm={({ reason }) => verb.mutateAsync({ verb: 'cancel', ...(reason !== '' && { reason }) })}
          onClose={() => setCancelling(false)}
        >
          <p>
            {plural(waiting, 'user')} {waiting === 1 ? 'has' : 'have'} not been asked yet and will not be. Who
            was asked comes to an end.
          </p>
        </TypedConfirm>
      )}
    </>
  )
}

function StateFilter({ bulk }: { bulk: Bulk }) {
  const { state } = bulkRoute.useSearch()
  const params = { bulkId: String(bulk.id) }
  return (
    <nav className="tabs" aria-label="Which users">
      <Link
        to="/bulk/$bulkId"
        params={params}
        search={{}}
        aria-current={state === undefined ? 'page' : undefined}
      >
        All {formatCount(bulk.total)}
      </Link>
      {ITEM_STATES.map((one) => (
        <Link
          key={one}
          to="/bulk/$bulkId"
          params={params}
          search={{ state: one }}
          aria-current={state === one ? 'page' : undefined}
        >
          {formatCode(one)} {formatCount(bulk.counts[one])}
        </Link>
      ))}
    </nav>
  )
}
