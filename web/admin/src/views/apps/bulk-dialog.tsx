/** First what would be done, to whom and to whom not; then a reason; then it begins. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { isProblem } from '../../api/problem.ts'
import { formatCount, formatDuration, formatMoney, plural } from '../../lib/format.ts'
import { previewKey } from '../../live/changes.ts'
import { toast } from '../../shell/toasts.tsx'
import { Facts } from '../../ui/page.tsx'
import { Failed, Loading } from '../../ui/states.tsx'
import { TypedConfirm } from '../../ui/typed-confirm.tsx'
import {
  affectedBy,
  previewBulk,
  startBulk,
  type BulkAction,
  type BulkChoice,
  type BulkPreview,
  type BulkTarget,
} from './bulk.ts'

type BulkDialogProps = {
  action: BulkAction
  target: BulkTarget
  onClose: () => void
  onStarted: () => void
}

export function BulkDialog({ action, target, onClose, onStarted }: BulkDialogProps) {
  const [choice, setChoice] = useState<BulkChoice>({ force: false, approveBurst: false })
  const preview = useQuery({
    queryKey: previewKey('bulk', action.name, target, choice),
    queryFn: ({ signal }) => previewBulk(action, target, choice, signal),
    gcTime: 0,
    staleTime: Infinity,
    placeholderData: (before) => before,
  })
  const navigate = useNavigate()
  const known = preview.data
  const eligible = known?.eligible ?? 0
  const start = async (confirmed: { reason: string; key: string }) => {
    const id = await startBulk(action, target, choice, { ...confirmed, expected: eligible }).catch(
      (error: unknown) => {
        // Another number by now: it is shown, and typed anew, before anything is done.
        if (isProblem(error, 'bulk_changed')) void preview.refetch()
        throw error
      },
    )
    toast.done(`${action.label}: ${plural(eligible, 'app')}, begun`, 'It goes on when this page is closed.')
    onStarted()
    await navigate({ to: '/bulk/$bulkId', params: { bulkId: String(id) } })
  }
  const label = known === undefined ? action.label : `${action.label} ${plural(eligible, 'app')}`
  return (
    <TypedConfirm
      title={label}
      action={label}
      affected={known === undefined ? [] : affectedBy(known)}
      total={eligible}
      danger={action.danger}
      {...(action.danger && known !== undefined ? { word: `${action.name} ${String(eligible)}` } : {})}
      // What is shown may be the answer to another choice, or an old number, until the new one is there.
      blocked={preview.isFetching || !mayStart(known, choice)}
      request={[choice, eligible]}
      onConfirm={start}
      onClose={onClose}
    >
      <p>{action.explains}</p>
      {preview.isError && <Failed error={preview.error} onRetry={() => void preview.refetch()} />}
      {known === undefined && !preview.isError && <Loading what="what would be done" />}
      {known?.eligible === 0 && <p className="form-note">None of them can be acted on as things are.</p>}
      {known && <PreviewFacts preview={known} />}
      {action.danger && <Choices preview={known} choice={choice} onChange={setChoice} />}
    </TypedConfirm>
  )
}

function mayStart(preview: BulkPreview | undefined, choice: BulkChoice): boolean {
  if (preview === undefined || preview.eligible === 0) return false
  return preview.burst?.needs_approval !== true || choice.approveBurst
}

function PreviewFacts({ preview }: { preview: BulkPreview }) {
  const left = preview.total - preview.eligible
  return (
    <>
      <Facts
        items={[
          ['Selected', formatCount(preview.total)],
          ['Will be asked', formatCount(preview.eligible)],
          [
            'Takes about',
            preview.eta_seconds === null ? 'not known' : formatDuration(preview.eta_seconds * 1_000),
          ],
          ['Changes a month', formatMoney(preview.monthly_cost_change_usd)],
        ]}
      />
      {preview.held_by !== null && (
        <p className="form-note">
          A brake is engaged ({preview.held_by}): it begins, and waits until that is released.
        </p>
      )}
      {left > 0 && (
        <details className="left-out">
          <summary>{plural(left, 'user is', 'users are')} left out</summary>
          <ul>
            {reasonsOf(preview).map(([text, count]) => (
              <li key={text}>
                {formatCount(count)}: {text}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** Each code once, in the words of the first who is left out for it. */
function reasonsOf(preview: BulkPreview): [text: string, count: number][] {
  return Object.entries(preview.ineligible_by_code).map(([code, count]) => [
    preview.ineligible.find((one) => one.code === code)?.text ?? code,
    count,
  ])
}

function Choices({
  preview,
  choice,
  onChange,
}: {
  preview: BulkPreview | undefined
  choice: BulkChoice
  onChange: (choice: BulkChoice) => void
}) {
  return (
    <div className="choices">
      <label>
        <input
          type="checkbox"
          checked={choice.force}
          onChange={(event) => onChange({ ...choice, force: event.target.checked })}
        />
        Also users who pay (an override says off until it is ended)
      </label>
      {preview?.burst?.needs_approval === true && (
        <label>
          <input
            type="checkbox"
            checked={choice.approveBurst}
            onChange={(event) => onChange({ ...choice, approveBurst: event.target.checked })}
          />
          So many at once are meant: usual are {formatCount(preview.burst.usual)}
        </label>
      )}
    </div>
  )
}
