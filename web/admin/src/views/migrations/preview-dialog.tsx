import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { isProblem } from '../../api/problem.ts'
import { formatCount, formatDuration, formatMoney, plural } from '../../lib/format.ts'
import { previewKey } from '../../live/changes.ts'
import { toast } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { Facts } from '../../ui/page.tsx'
import { Failed, Loading } from '../../ui/states.tsx'
import { TypedConfirm } from '../../ui/typed-confirm.tsx'
import type { MigrationPlan } from './plan.ts'
import { previewMigration, startMigration, type MigrationPreview } from './query.ts'

type PreviewDialogProps = { plan: MigrationPlan; onClose: () => void; onBack: () => void }

export function PreviewDialog({ plan, onClose, onBack }: PreviewDialogProps) {
  const preview = useQuery({
    queryKey: previewKey('migration', plan),
    queryFn: ({ signal }) => previewMigration(plan, signal),
    gcTime: 0,
    staleTime: Infinity,
  })
  const navigate = useNavigate()
  const known = preview.data
  const eligible = known?.eligible ?? 0
  const start = async (confirmed: { reason: string; key: string }) => {
    const id = await startMigration(plan, { ...confirmed, expected: eligible }).catch((error: unknown) => {
      // Another number by now: it is shown before anything is done.
      if (isProblem(error, 'bulk_changed')) void preview.refetch()
      throw error
    })
    toast.done(`Migration of ${plural(eligible, 'user')}, begun`, 'It goes on when this page is closed.')
    await navigate({ to: '/migrations/$migrationId', params: { migrationId: String(id) } })
  }
  const label = known === undefined ? 'Migrate' : `Migrate ${plural(eligible, 'user')}`
  return (
    <TypedConfirm
      title={label}
      action={label}
      affected={known === undefined ? [] : affectedBy(known)}
      total={eligible}
      blocked={preview.isFetching || eligible === 0}
      request={[plan, eligible]}
      onConfirm={start}
      onClose={onClose}
    >
      {preview.isError && <Failed error={preview.error} onRetry={() => void preview.refetch()} />}
      {known === undefined && !preview.isError && <Loading what="who would be migrated" />}
      {known?.eligible === 0 && <p className="form-note">There is nobody to be migrated.</p>}
      {known && <PreviewFacts preview={known} />}
      <p>
        <Button onClick={onBack}>Change the plan</Button>
      </p>
    </TypedConfirm>
  )
}

/** Each with the app that they are to get. */
function affectedBy({ users }: MigrationPreview): string[] {
  return users
    .filter(({ decision }) => decision === 'migrate')
    .map(
      ({ user_id: id, email, tier, app_name: app, monthly_cost_usd: usd }) =>
        `${email ?? id}: ${tier ?? ''}, ${app ?? ''}, ${formatMoney(usd)} a month`,
    )
}

function PreviewFacts({ preview }: { preview: MigrationPreview }) {
  const left = Object.entries(preview.ineligible_by_code)
  return (
    <>
      <Facts
        items={[
          ['Will be asked', formatCount(preview.eligible)],
          ['Waves', formatCount(preview.waves)],
          [
            'Takes about',
            preview.eta_seconds === null ? 'not known' : formatDuration(preview.eta_seconds * 1_000),
          ],
          ['Costs a month', formatMoney(preview.monthly_cost_usd)],
        ]}
      />
      {preview.held_by !== null && (
        <p className="form-note">
          A brake is engaged ({preview.held_by}): it begins, and waits until that is released.
        </p>
      )}
      {left.length > 0 && (
        <details className="left-out">
          <summary>{plural(preview.total - preview.eligible, 'user is', 'users are')} left out</summary>
          <ul>
            {left.map(([code, count]) => (
              <li key={code}>
                {formatCount(count)}: {preview.users.find((one) => one.code === code)?.text ?? code}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}
