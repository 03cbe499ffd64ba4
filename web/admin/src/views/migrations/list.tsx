/** Migrations of users who were there before, newest first, each with how far it is; and where one begins. */
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { mayAct, sessionQuery } from '../../api/session.ts'
import { plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { columnsOf, type Column } from '../../ui/data-table/columns.ts'
import { Page } from '../../ui/page.tsx'
import { PagedTable } from '../../ui/paged-table.tsx'
import { Empty } from '../../ui/states.tsx'
import { runColumns } from '../bulk/run-columns.tsx'
import { NewMigration } from './new-dialog.tsx'
import { useMigrations, type Migration } from './query.ts'
import { MigrationState, waveOf } from './state.tsx'

const column = columnsOf<Migration>()
const { progress, eta, reason, begun } = runColumns<Migration>('Migration')

const COLUMNS: Column<Migration>[] = [
  column.display({
    id: 'users',
    header: 'Users',
    cell: ({ row: { original: migration } }) => (
      <Link
        to="/migrations/$migrationId"
        params={{ migrationId: String(migration.id) }}
        className="cell-main"
        data-row-focus
      >
        {plural(migration.total, 'user')}
      </Link>
    ),
    meta: { width: '9rem' },
  }),
  column.display({
    id: 'state',
    header: 'State',
    cell: ({ row }) => <MigrationState migration={row.original} />,
    meta: { width: '14rem' },
  }),
  progress,
  column.display({
    id: 'wave',
    header: 'Wave',
    cell: ({ row }) => waveOf(row.original),
    meta: { width: '7rem', rank: 2 },
  }),
  eta,
  reason,
  begun,
]

export function MigrationList() {
  const pages = useMigrations()
  const { data: session } = useQuery(sessionQuery)
  const [beginning, setBeginning] = useState(false)
  return (
    <Page
      title="Migrations"
      fill
      actions={
        mayAct(session, 'operator') && (
          <Button kind="primary" onClick={() => setBeginning(true)}>
            New migration…
          </Button>
        )
      }
    >
      <PagedTable
        what="migrations"
        label="Migrations"
        pages={pages}
        columns={COLUMNS}
        rowId={(migration) => String(migration.id)}
        empty={
          <Empty title="Nobody has been migrated yet">
            <p>
              Users who paid before Hangar came are left as they are until they are migrated, change their
              tier, or get their app by hand.
            </p>
          </Empty>
        }
      />
      {beginning && <NewMigration onClose={() => setBeginning(false)} />}
    </Page>
  )
}
