/** One migration: which wave, how far it is, what became of each, and how to hold it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { mayAct, sessionQuery } from '../../api/session.ts'
import { formatCode, formatCount, formatDuration, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { Facts, Page } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { Ago } from '../../ui/time.tsx'
import { TypedConfirm } from '../../ui/typed-confirm.tsx'
import { BulkProgress } from '../bulk/progress.tsx'
import { ended } from '../bulk/query.ts'
import { ITEM_STATES } from '../bulk/route.ts'
import { MigrationItems } from './items.tsx'
import { goesOn, migrationQuery, useMigrationVerb, type Migration } from './query.ts'
import { migrationRoute } from './route.ts'
import { etaOf, MigrationState, waveOf } from './state.tsx'

export function MigrationDetail() {
  const { migrationId } = migrationRoute.useParams()
  const query = useQuery(migrationQuery(migrationId))
  return (
    <Page
      title={query.data === undefined ? `Migration ${migrationId}` : titleOf(query.data)}
      fill
      meta={
        <>
          <Link to="/migrations">All migrations</Link>
          {query.data && <MigrationState migration={query.data} />}
          <a href={`/v1/migrations/${migrationId}/report.csv`} download>
            Report (CSV)
          </a>
        </>
      }
      actions={query.data && <Verbs migration={query.data} />}
    >
      <Loaded query={query} what="the migration">
        {(migration) => (
          <>
            <Summary migration={migration} />
            <StateFilter migration={migration} />
            <MigrationItems migrationId={migrationId} />
          </>
        )}
      </Loaded>
    </Page>
  )
}

const titleOf = ({ total }: Migration): string => `Migration, ${plural(total, 'user')}`

function Summary({ migration }: { migration: Migration }) {
  return (
    <div className="bulk-summary">
      {migration.paused_because === 'failure_share' && (
        <p className="form-note" role="status">
          More than {percentOf(migration)} failed, so it has stopped itself. Look at who failed and why, then
          resume it: what failed until then counts no more.
        </p>
      )}
      <BulkProgress bulk={migration} what="Migration" />
      <Facts
        items={[
          ['Come to an end', `${formatCount(ended(migration))} of ${formatCount(migration.total)}`],
          ['Wave', waveOf(migration)],
          ['To the end', etaOf(migration)],
          ['Users in a wave', formatCount(migration.wave_size)],
          ['Pause between', formatDuration(migration.wave_pause_seconds * 1_000)],
          ['Stops above', `${percentOf(migration)} failed`],
          ['Pace', `${formatCount(migration.per_minute)} a minute`],
          ['By', migration.created_by],
          ['Begun', <Ago key="begun" at={migration.created_at} />],
          ['Reason', migration.reason],
        ]}
      />
    </div>
  )
}

const percentOf = ({ stop_on_failure_share: share }: Migration): string =>
  `${String(Math.round(share * 1_000) / 10)} %`

function Verbs({ migration }: { migration: Migration }) {
  const { data: session } = useQuery(sessionQuery)
  const verb = useMigrationVerb(String(migration.id))
  const [cancelling, setCancelling] = useState(false)
  const open = goesOn(migration) && (migration.state === 'running' || migration.state === 'paused')
  if (!open || !mayAct(session, 'operator')) return null
  const waiting = migration.counts.waiting
  const next = migration.state === 'running' ? 'pause' : 'resume'
  return (
    <>
      <Button busy={verb.isPending} onClick={() => verb.mutate({ verb: next })}>
        {formatCode(next)}
      </Button>
      <Button kind="danger" onClick={() => setCancelling(true)}>
        Cancel…
      </Button>
      {cancelling && (
        <TypedConfirm
          title="Cancel this migration"
          affected={[]}
          action={`Leave out ${plural(waiting, 'user')}`}
          danger
          reason="optional"
          onConfirm={({ reason }) => verb.mutateAsync({ verb: 'cancel', ...(reason !== '' && { reason }) })}
          onClose={() => setCancelling(false)}
        >
          <p>
            {plural(waiting, 'user')} {waiting === 1 ? 'has' : 'have'} not been asked yet and will not be. Who
            was asked comes to an end; nobody loses an app.
          </p>
        </TypedConfirm>
      )}
    </>
  )
}

function StateFilter({ migration }: { migration: Migration }) {
  const { state } = migrationRoute.useSearch()
  const params = { migrationId: String(migration.id) }
  return (
    <nav className="tabs" aria-label="Which users">
      <Link
        to="/migrations/$migrationId"
        params={params}
        search={{}}
        aria-current={state === undefined ? 'page' : undefined}
      >
        All {formatCount(migration.total)}
      </Link>
      {ITEM_STATES.map((one) => (
        <Link
          key={one}
          to="/migrations/$migrationId"
          params={params}
          search={{ state: one }}
          aria-current={state === one ? 'page' : undefined}
        >
          {formatCode(one)} {formatCount(migration.counts[one])}
        </Link>
      ))}
    </nav>
  )
}
