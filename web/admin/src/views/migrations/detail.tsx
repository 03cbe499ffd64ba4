/** One migration: which wave, how far it is, what became of each, and how to hold it. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { formatCount, formatDuration, plural } from '../../lib/format.ts'
import { Facts, Page } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { Ago } from '../../ui/time.tsx'
import { BulkProgress, etaOf } from '../bulk/progress.tsx'
import { ended } from '../bulk/query.ts'
import { StateFilter } from '../bulk/state-filter.tsx'
import { Verbs } from '../bulk/verbs.tsx'
import { MigrationItems } from './items.tsx'
import { migrationQuery, useMigrationVerb, type Migration } from './query.ts'
import { migrationRoute } from './route.ts'
import { MigrationState, waveOf } from './state.tsx'

export function MigrationDetail() {
  const { migrationId } = migrationRoute.useParams()
  const { state } = migrationRoute.useSearch()
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
      actions={query.data && <MigrationVerbs migration={query.data} />}
    >
      <Loaded query={query} what="the migration">
        {(migration) => (
          <>
            <Summary migration={migration} />
            <StateFilter
              run={migration}
              state={state}
              target={{ to: '/migrations/$migrationId', params: { migrationId } }}
            />
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

function MigrationVerbs({ migration }: { migration: Migration }) {
  return (
    <Verbs
      run={migration}
      what="migration"
      verb={useMigrationVerb(String(migration.id))}
      asked="Who was asked comes to an end; nobody loses an app."
    />
  )
}
