/** An operator's word for one user, which outranks their subscription while it lasts. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useId, useState, type SubmitEvent } from 'react'
import { answer, api, newKey } from '../../api/client.ts'
import { appKey } from '../../live/changes.ts'
import { toast } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { ErrorText, TypedConfirm } from '../../ui/typed-confirm.tsx'
import { Preview } from './act-dialog.tsx'
import { DESIRED, draftOf, problemOf, requestOf, type Draft } from './override-draft.ts'
import type { User } from './queries.ts'

export function OverrideDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const formId = useId()
  const [key] = useState(newKey)
  const [draft, setDraft] = useState(() => draftOf(user))
  const queries = useQueryClient()
  const problem = problemOf(draft)
  const put = (dryRun: boolean) => putOverride(user.user_id, draft, dryRun, key)
  const save = useMutation({
    mutationFn: () => put(false),
    onSuccess: async () => {
      toast.done('The override holds', user.email ?? user.user_id)
      onClose()
      await queries.invalidateQueries({ queryKey: appKey(user.user_id) })
    },
  })
  const look = useMutation({ mutationFn: () => put(true) })
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (problem === undefined && !save.isPending) save.mutate()
  }
  const change = (next: Partial<Draft>) => {
    setDraft({ ...draft, ...next })
    look.reset()
  }
  return (
    <Dialog title={`Override: ${user.email ?? user.user_id}`} onClose={onClose}>
      <form id={formId} className="dialog-body" onSubmit={submit}>
        <Fields draft={draft} onChange={change} />
        {look.status !== 'idle' && <Preview result={look.data} error={look.error} />}
        {save.isError && <ErrorText error={save.error} />}
      </form>
      <footer className="dialog-footer">
        {problem !== undefined && <span className="hint">{problem}</span>}
        <Button busy={look.isPending} disabled={problem !== undefined} onClick={() => look.mutate()}>
          What would be done?
        </Button>
        <Button
          type="submit"
          form={formId}
          kind={draft.desired === 'off' ? 'danger' : 'primary'}
          disabled={problem !== undefined}
          busy={save.isPending}
        >
          Override 1 user
        </Button>
      </footer>
    </Dialog>
  )
}

function putOverride(userId: string, draft: Draft, dryRun: boolean, key: string) {
  return answer(
    api.PUT('/v1/apps/{userId}/override', {
      params: { path: { userId }, query: dryRun ? { dryRun } : {} },
      body: requestOf(draft),
      headers: dryRun ? {} : { 'idempotency-key': key },
    }),
  )
}

function Fields({ draft, onChange }: { draft: Draft; onChange: (next: Partial<Draft>) => void }) {
  return (
    <>
      <SelectField
        label="What holds for this user"
        value={draft.desired}
        options={DESIRED}
        onChange={(desired) => onChange({ desired })}
      />
      {draft.desired === 'on' && (
        <div className="field-row">
          <TextField label="CPUs" type="number" value={draft.cpus} onChange={(cpus) => onChange({ cpus })} />
          <TextField
            label="Memory in MB"
            type="number"
            value={draft.memoryMb}
            onChange={(memoryMb) => onChange({ memoryMb })}
          />
          <TextField
            label="Region"
            value={draft.region}
            maxLength={3}
            onChange={(region) => onChange({ region })}
          />
        </div>
      )}
      {draft.desired === 'on' && <p className="hint">What is left empty is as the tier says.</p>}
      <TextField
        label="Ends at (optional)"
        hint="In your own time. Without it, it lasts until somebody ends it."
        type="datetime-local"
        value={draft.expiresAt}
        onChange={(expiresAt) => onChange({ expiresAt })}
      />
      <TextField
        label="Reason"
        hint="Shown wherever the override acts, and kept in the audit log."
        value={draft.reason}
        maxLength={500}
        onChange={(reason) => onChange({ reason })}
      />
    </>
  )
}

export function EndOverrideDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const queries = useQueryClient()
  const { user_id: userId } = user
  const end = (reason: string, dryRun: boolean, key?: string) =>
    answer(
      api.DELETE('/v1/apps/{userId}/override', {
        params: { path: { userId }, query: dryRun ? { dryRun } : {} },
        body: { reason },
        headers: key === undefined ? {} : { 'idempotency-key': key },
      }),
    )
  const preview = useQuery({
    queryKey: [...appKey(userId), 'dry-run', 'end-override'],
    queryFn: () => end('dry run', true),
    gcTime: 0,
    retry: false,
  })
  return (
    <TypedConfirm
      title="End the override"
      action="End 1 override"
      affected={[user.email ?? userId]}
      onConfirm={async ({ reason, key }) => {
        await end(reason, false, key)
        toast.done('The subscription decides again', user.email ?? userId)
        await queries.invalidateQueries({ queryKey: appKey(userId) })
      }}
      onClose={onClose}
    >
      <p>From then on, the user has what their subscription says.</p>
      <Preview result={preview.data} error={preview.error} />
    </TypedConfirm>
  )
}
