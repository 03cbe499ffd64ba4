import { columnsOf } from '../../ui/data-table/columns.ts'
import { Ago } from '../../ui/time.tsx'
import { BulkProgress, etaOf } from './progress.tsx'
import type { Run } from './query.ts'

/** The columns that a list of bulk runs and one of migrations have in common. `what` names a bar to who cannot see it. */
export function runColumns<Row extends Run>(what: string) {
  const column = columnsOf<Row>()
  return {
    progress: column.display({
      id: 'progress',
      header: 'Progress',
      cell: ({ row }) => <BulkProgress bulk={row.original} what={what} />,
    }),
    eta: column.display({
      id: 'eta',
      header: 'To the end',
      cell: ({ row }) => etaOf(row.original),
      meta: { width: '11rem', rank: 2 },
    }),
    reason: column.display({
      id: 'reason',
      header: 'Reason',
      cell: ({ row }) => row.original.reason,
      meta: { width: '14rem', rank: 3 },
    }),
    begun: column.display({
      id: 'begun',
      header: 'Begun',
      cell: ({ row }) => <Ago at={row.original.created_at} />,
      meta: { width: '7rem', rank: 2 },
    }),
  }
}
