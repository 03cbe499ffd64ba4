import { Link } from '@tanstack/react-router'
import { formatMoney, plural } from '../../lib/format.ts'
import { columnsOf, type Column } from '../../ui/data-table/columns.ts'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import type { Orphan } from './query.ts'

const column = columnsOf<Orphan>()

export function orphanColumns(onOpen: (orphan: Orphan) => void): Column<Orphan>[] {
  return [
    column.display({
      id: 'app',
      header: 'App on Fly',
      cell: ({ row: { original: orphan } }) => (
        <button type="button" className="row-button" data-row-focus onClick={() => onOpen(orphan)}>
          {orphan.app_name}
        </button>
      ),
    }),
    column.display({
      id: 'state',
      header: 'State',
      cell: ({ row }) => <OrphanStateOf orphan={row.original} />,
      meta: { width: '9rem' },
    }),
    column.display({
      id: 'user',
      header: 'User',
      cell: ({ row: { original: orphan } }) =>
        orphan.user_id === null ? (
          <span className="muted">nobody knows</span>
        ) : (
          <Link to="/apps/$userId" params={{ userId: orphan.user_id }} className="id">
            {orphan.user_id}
          </Link>
        ),
      meta: { width: '13rem', rank: 3 },
    }),
    column.display({
      id: 'machines',
      header: 'Machines',
      cell: ({ row }) => row.original.machines.length,
      meta: { width: '6rem', align: 'end', rank: 2 },
    }),
    column.display({
      id: 'cost',
      header: 'A month',
      cell: ({ row }) => formatMoney(row.original.monthly_cost_usd),
      meta: { width: '7rem', align: 'end' },
    }),
    column.display({
      id: 'first',
      header: 'First seen',
      cell: ({ row }) => <Ago at={row.original.first_seen_at} />,
      meta: { width: '7rem', rank: 2 },
    }),
    column.display({
      id: 'next',
      header: 'What comes next',
      cell: ({ row }) => <Next orphan={row.original} />,
      meta: { width: '16rem', rank: 3 },
    }),
  ]
}

const LOOKS: Readonly<Record<Orphan['state'], string>> = {
  found: 'warning',
  deleted: 'deleted',
  adopted: 'done',
  gone: 'skipped',
}

export function OrphanStateOf({ orphan }: { orphan: Orphan }) {
  const { state } = orphan
  return <Status state={LOOKS[state]} word={state.charAt(0).toUpperCase() + state.slice(1)} />
}

export function Next({ orphan }: { orphan: Orphan }) {
  if (orphan.ended_at !== null) return <span className="muted">nothing</span>
  if (orphan.withheld !== null) return <>held back: {orphan.withheld}</>
  if (orphan.delete_requested_by !== null)
    return <>goes with the next scan; {orphan.delete_requested_by} asked for it</>
  if (orphan.delete_after !== null) {
    return (
      <>
        goes by itself <Ago at={orphan.delete_after} />
      </>
    )
  }
  return <>stays until somebody decides; {plural(orphan.machines.length, 'machine')}</>
}
