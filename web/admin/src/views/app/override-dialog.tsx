/** An operator's word for one user, which outranks their subscription while it lasts. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../../api/client.ts'
import { now } from '../../lib/clock.ts'
import { formatCode, formatDateTime } from '../../lib/format.ts'
import { appKey, previewKey } from '../../live/changes.ts'
import { toast } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { TypedConfirm } from '../../ui/typed-confirm.tsx'
import { Preview } from './act-dialog.tsx'
import {
  CPU_KINDS,
  DESIRED,
  draftOf,
  nameOf,
  problemOf,
  requestOf,
  wordFor,
  type Draft,
  type Override,
} from './override-draft.ts'
import type { User } from './queries.ts'

export function OverrideDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const queries = useQueryClient()
  // Fixed when the dialog opens: what the draft began with.
  const [before] = useState(user.override)
  const [draft, setDraft] = useState(() => draftOf(user))
  const problem = problemOf(draft, now())
  const request = requestOf(draft, before)
  const word = wordFor(draft.desired, user)
  const off = word !== undefined
  // What the dialog shows now: another admin's change is told above the fields, and refused until it is.
  const expected = { expected_override_id: user.override?.id ?? null }
  const save = async ({ reason, key }: { reason: string; key: string }) => {
    try {
      await putOverride(user.user_id, { ...request, ...expected, reason }, { 'idempotency-key': key })
      toast.done('The override holds', user.email ?? user.user_id)
    } finally {
      void queries.invalidateQueries({ queryKey: appKey(user.user_id) })
    }
  }
  return (
    <TypedConfirm
      title={`Override: ${user.email ?? user.user_id}`}
      action={off ? 'Switch 1 app off' : 'Override 1 user'}
      affected={off ? [nameOf(user)] : []}
      danger={off}
      {...(off ? { word } : {})}
      reasonHint="Shown wherever the override acts, and kept in the audit log."
      request={{ ...request, ...expected }}
      blocked={problem !== undefined}
      onConfirm={save}
      onClose={onClose}
    >
      <ChangedMeanwhile before={before} override={user.override} />
      <Fields draft={draft} onChange={(next) => setDraft({ ...draft, ...next })} />
      {off && (
        <p>The app is drained and deleted on Fly. This cannot be taken back; a later app is a new one.</p>
      )}
      {problem === undefined ? (
        <DryRun userId={user.user_id} request={request} atOnce={off} />
      ) : (
        <p className="form-note">{problem}</p>
      )}
    </TypedConfirm>
  )
}

type OverrideRequest = ReturnType<typeof requestOf>

function putOverride(
  userId: string,
  body: OverrideRequest & { reason: string; expected_override_id?: number | null },
  headers: Record<string, string>,
  dryRun = false,
) {
  const params = { path: { userId }, query: dryRun ? { dryRun } : {} }
  return answer(api.PUT('/v1/apps/{userId}/override', { params, body, headers }))
}

/** What would be done: of what cannot be taken back without being asked. */
function DryRun(props: { userId: string; request: OverrideRequest; atOnce: boolean }) {
  const { userId, request } = props
  const text = JSON.stringify(request)
  const [asked, setAsked] = useState<string>()
  const enabled = props.atOnce || asked === text
  const look = useQuery({
    queryKey: previewKey('override', userId, request),
    queryFn: () => putOverride(userId, { ...request, reason: 'dry run' }, {}, true),
    enabled,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  })
  if (enabled) return <Preview result={look.data} error={look.error} />
  return (
    <p>
      <Button onClick={() => setAsked(text)}>What would be done?</Button>
    </p>
  )
}

/** Somebody else's override, since this dialog was opened. */
function ChangedMeanwhile({ before, override }: { before: Override | null; override: Override | null }) {
  if (JSON.stringify(before) === JSON.stringify(override)) return null
  return (
    <p className="form-note" role="status">
      {override === null
        ? 'The override has ended since you opened this.'
        : `${override.actor} has changed the override since you opened this. It now says ${formatCode(override.desired).toLowerCase()}${
            override.expires_at === null ? '' : ` until ${formatDateTime(override.expires_at)}`
          }: “${override.reason}”.`}{' '}
      Yours would take its place.
    </p>
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
      {draft.desired === 'on' && <SizeFields draft={draft} onChange={onChange} />}
      <TextField
        label="Ends at (optional)"
        hint="In your own time. Without it, it lasts until somebody ends it."
        type="datetime-local"
        value={draft.expiresAt}
        onChange={(expiresAt) => onChange({ expiresAt })}
      />
    </>
  )
}

function SizeFields({ draft, onChange }: { draft: Draft; onChange: (next: Partial<Draft>) => void }) {
  return (
    <>
      <div className="field-row">
        <SelectField
          label="Kind of CPU"
          value={draft.cpuKind}
          options={CPU_KINDS}
          onChange={(cpuKind) => onChange({ cpuKind })}
        />
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
      <p className="hint">
        Without CPUs and memory, the size is the tier&rsquo;s; without a region, the usual one.
      </p>
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
        body: { reason, expected_override_id: user.override?.id ?? null },
        headers: key === undefined ? {} : { 'idempotency-key': key },
      }),
    )
  const preview = useQuery({
    queryKey: previewKey('end-override', userId),
    queryFn: () => end('dry run', true),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  })
  return (
    <TypedConfirm
      title="End the override"
      action="End 1 override"
      affected={[user.email ?? userId]}
      request={user.override?.id}
      onConfirm={async ({ reason, key }) => {
        try {
          await end(reason, false, key)
          toast.done('The subscription decides again', user.email ?? userId)
        } finally {
          void queries.invalidateQueries({ queryKey: appKey(userId) })
        }
      }}
      onClose={onClose}
    >
      <p>From then on, the user has what their subscription says.</p>
      <Preview result={preview.data} error={preview.error} />
    </TypedConfirm>
  )
}
