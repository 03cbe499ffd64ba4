/** First what would be done, to whom and to whom not; then a reason; then it begins. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { formatCount, formatDuration, formatMoney, plural } from '../../lib/format.ts'
import { toast } from '../../shell/toasts.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Facts } from '../../ui/page.tsx'
import { Failed, Loading } from '../../ui/states.tsx'
import { TypedConfirm } from '../../ui/typed-confirm.tsx'
import {
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

export function BulkDialog(props: BulkDialogProps) {
  const { action, target } = props
  const [choice, setChoice] = useState<BulkChoice>({ force: false, approveBurst: false })
  const preview = useQuery({
    queryKey: ['bulk', 'preview', action.name, target, choice],
    queryFn: ({ signal }) => previewBulk(action, target, choice, signal),
    gcTime: 0,
    staleTime: Infinity,
    placeholderData: (before) => before,
  })
  const navigate = useNavigate()
  if (preview.data === undefined) {
    return (
      <Dialog title={action.label} onClose={props.onClose}>
        {preview.isError ? (
          <Failed error={preview.error} onRetry={() => void preview.refetch()} />
        ) : (
          <Loading what="what would be done" />
        )}
      </Dialog>
    )
  }
  const { eligible, burst } = preview.data
  const start = async (confirmed: { reason: string; key: string }) => {
    const id = await startBulk(action, target, choice, { ...confirmed, expected: eligible })
    toast.done(`${action.label}: ${plural(eligible, 'app')}, begun`, 'It goes on when this page is closed.')
    props.onStarted()
    await navigate({ to: '/bulk/$bulkId', params: { bulkId: String(id) } })
  }
  return (
    <TypedConfirm
      title={`${action.label} ${plural(eligible, 'app')}`}
      action={`${action.label} ${plural(eligible, 'app')}`}
      affected={'filter' in target || eligible === 0 ? [] : eligibleNames(target, preview.data)}
      total={eligible}
      danger={action.danger}
      {...(action.danger ? { word: `${action.name} ${String(eligible)}` } : {})}
      blocked={eligible === 0 || (burst?.needs_approval === true && !choice.approveBurst)}
      onConfirm={start}
      onClose={props.onClose}
    >
      <p>{action.explains}</p>
      {eligible === 0 && <p className="form-note">None of them can be acted on as things are.</p>}
      <PreviewFacts preview={preview.data} />
      {action.danger && <Choices preview={preview.data} choice={choice} onChange={setChoice} />}
    </TypedConfirm>
  )
}

/** Of a few, who is left out is known by name. */
function eligibleNames(target: { userIds: string[]; names: string[] }, preview: BulkPreview): string[] {
  const out = new Set(preview.ineligible.map((one) => one.user_id))
  const complete = target.names.length === target.userIds.length
  return complete ? target.names.filter((_, at) => !out.has(target.userIds[at] ?? '')) : target.names
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
  preview: BulkPreview
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
      {preview.burst?.needs_approval === true && (
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
