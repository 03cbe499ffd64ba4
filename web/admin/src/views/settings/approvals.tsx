import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { answer, api } from '../../api/client.ts'
import { usePages } from '../../api/pages.ts'
import type { components } from '../../api/schema.generated.ts'
import { formatCount, formatDuration, plural } from '../../lib/format.ts'
import { toast } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { Tag } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { ErrorText } from '../../ui/typed-confirm.tsx'

type Approval = components['schemas']['BurstApproval']

const KEY = ['brakes', 'approvals'] as const
const SHOWN = 20

/** A planned crowd of downgrades, counted beforehand, so that no brake takes it for an accident. */
export function Approvals({ isAdmin }: { isAdmin: boolean }) {
  const { query, rows } = usePages<Approval>(KEY, (cursor, signal) =>
    answer(
      api.GET('/v1/burst-approvals', {
        params: { query: { limit: SHOWN, ...(cursor && { cursor }) } },
        signal,
      }),
    ),
  )
  return (
    <Section title="Approved bursts of teardowns">
      {isAdmin && <ApproveForm />}
      <Loaded query={query} what="the approvals">
        {() => (rows.length === 0 ? <p className="muted">None so far.</p> : <ApprovalTable rows={rows} />)}
      </Loaded>
      {query.hasNextPage && (
        <Button busy={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Show earlier ones
        </Button>
      )}
      {query.isFetchNextPageError && <ErrorText error={query.error} />}
    </Section>
  )
}

function ApprovalTable({ rows }: { rows: readonly Approval[] }) {
  return (
    <table className="plain-table">
      <thead>
        <tr>
          <th scope="col">Teardowns</th>
          <th scope="col">Until</th>
          <th scope="col">Reason</th>
          <th scope="col">By</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((approval) => (
          <tr key={approval.id}>
            <th scope="row">
              {formatCount(approval.used)} of {formatCount(approval.approved)} used
            </th>
            <td>{approval.expired ? <Tag>expired</Tag> : <Ago at={approval.expires_at} />}</td>
            <td>{approval.reason}</td>
            <td>{approval.actor}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function ApproveForm() {
  const queries = useQueryClient()
  const [count, setCount] = useState('')
  const [hours, setHours] = useState('24')
  const [reason, setReason] = useState('')
  const approve = useMutation({
    mutationFn: () =>
      answer(
        api.POST('/v1/burst-approvals', {
          body: {
            count: Number(count),
            reason: reason.trim(),
            expires_in_minutes: Math.round(Number(hours) * 60),
          },
        }),
      ),
    onSuccess: ({ eta_minutes: minutes }) => {
      toast.done(
        `Approved ${plural(Number(count), 'teardown')}`,
        `The last is through in ${formatDuration(minutes * 60_000)}.`,
      )
      setCount('')
      setReason('')
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['brakes'] }),
  })
  const ready = Number(count) >= 1 && Number(hours) > 0 && reason.trim() !== ''
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready && !approve.isPending) approve.mutate()
  }
  return (
    <form className="form-row" onSubmit={submit}>
      <TextField label="Teardowns" type="number" value={count} onChange={setCount} />
      <TextField label="Within hours" type="number" value={hours} onChange={setHours} />
      <TextField label="Reason" value={reason} onChange={setReason} maxLength={500} />
      <Button type="submit" disabled={!ready} busy={approve.isPending}>
        {count === '' ? 'Approve' : `Approve ${plural(Number(count), 'teardown')}`}
      </Button>
      {approve.isError && <ErrorText error={approve.error} />}
    </form>
  )
}
