import type { AppRow } from '../../api/apps.ts'
import { formatCode, formatMoney } from '../../lib/format.ts'
import { columnsOf } from '../../ui/data-table/columns.ts'
import { RowLink } from '../../ui/row-link.tsx'
import { Status, Tag, type Tone } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'

const column = columnsOf<AppRow>()

const ATTENTION_TONES: Readonly<Record<AppRow['attention'][number], Tone>> = {
  failing: 'bad',
  parked: 'bad',
  stuck: 'bad',
  unhealthy: 'bad',
  drift: 'warn',
  override: 'busy',
}

export const appColumns = column.columns([
  column.display({
    id: 'user',
    header: 'User',
    meta: { sortBy: 'email' },
    cell: ({ row }) => (
      <RowLink path={`/apps/${row.original.user_id}`} title={row.original.user_id}>
        {row.original.email ?? row.original.user_id}
      </RowLink>
    ),
  }),
  column.display({
    id: 'name',
    header: 'App',
    meta: { sortBy: 'name', width: '12rem', rank: 3 },
    cell: ({ row }) => <code className="muted">{row.original.fly_app_name}</code>,
  }),
  column.display({
    id: 'status',
    header: 'Status',
    meta: { sortBy: 'status', width: '8.5rem' },
    cell: ({ row }) => <Status state={row.original.status} />,
  }),
  column.display({
    id: 'health',
    header: 'Health',
    meta: { sortBy: 'health', width: '7.5rem', rank: 2 },
    cell: ({ row }) => <Status state={row.original.health_status} />,
  }),
  column.display({
    id: 'tier',
    header: 'Tier',
    meta: { sortBy: 'tier', width: '5rem', rank: 2 },
    cell: ({ row }) => row.original.tier,
  }),
  column.display({
    id: 'region',
    header: 'Region',
    meta: { sortBy: 'region', width: '5.5rem', rank: 3 },
    cell: ({ row }) => row.original.region,
  }),
  column.display({
    id: 'attention',
    header: 'Attention',
    meta: { width: '11rem', rank: 3 },
    cell: ({ row }) => <AttentionTags app={row.original} />,
  }),
  column.display({
    id: 'cost',
    header: 'A month',
    meta: { sortBy: 'cost', width: '6rem', align: 'end', rank: 3 },
    cell: ({ row }) => formatMoney(row.original.monthly_cost_estimate_usd),
  }),
  column.display({
    id: 'updated',
    header: 'Changed',
    meta: { sortBy: 'updated_at', width: '9rem', align: 'end', rank: 2 },
    cell: ({ row }) => <Ago at={row.original.updated_at} />,
  }),
])

/** What the column beside it does not say already. */
function AttentionTags({ app }: { app: AppRow }) {
  const kinds = app.attention.filter((kind) => kind !== 'unhealthy')
  return (
    <span className="tags" title={app.error_message ?? app.parked_reason ?? undefined}>
      {kinds.map((kind) => (
        <Tag key={kind} tone={ATTENTION_TONES[kind]}>
          {kind === 'override' && app.override ? `override: ${app.override.desired}` : formatCode(kind)}
        </Tag>
      ))}
    </span>
  )
}
