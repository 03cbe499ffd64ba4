/**
 * The dialog before something that cannot be taken back: it lists what is affected, asks for a reason and for a
 * word to be typed, and its button says what it does to how many.
 */
import { useMutation } from '@tanstack/react-query'
import { useId, useState, type SubmitEvent, type ReactNode } from 'react'
import { afterFailure, createKeys } from '../api/idempotency.ts'
import { explain } from '../api/problem.ts'
import { formatCount } from '../lib/format.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { TextField } from './field.tsx'

/** Names that are listed, as many as a preview tells; the rest is counted. */
const LISTED = 100

export type TypedConfirmProps = {
  title: string
  /** What will happen, in a sentence or two. */
  children?: ReactNode
  /** What is affected, by name. */
  affected: readonly string[]
  /** Where there are more than `affected` names. */
  total?: number
  /** `Deprovision 3 apps`. */
  action: string
  /** Typed before the button works; leave it out where the act can be taken back. */
  word?: string
  reason?: 'required' | 'optional' | 'none'
  /** Where the reason is kept. */
  reasonHint?: string
  /** What is asked for besides the reason, where it can change while the dialog is open. */
  request?: unknown
  danger?: boolean
  /** Not yet, or not at all. */
  blocked?: boolean
  /** `key` is the same for each try with the same reason and `request`: send it as `Idempotency-Key`. */
  onConfirm: (answer: { reason: string; key: string }) => Promise<unknown>
  onClose: () => void
}

export function TypedConfirm(props: TypedConfirmProps) {
  const { word, reason: wantsReason = 'required', danger = word !== undefined } = props
  const formId = useId()
  const [keys] = useState(() => createKeys())
  const [reason, setReason] = useState('')
  const [typed, setTyped] = useState('')
  const [note, setNote] = useState<string>()
  const confirm = useMutation({
    mutationFn: () => {
      const said = reason.trim()
      return props.onConfirm({ reason: said, key: keys.of([said, props.request]) })
    },
    onSuccess: props.onClose,
    onError: (error) => setNote(afterFailure(error, keys)),
  })
  const ready =
    props.blocked !== true &&
    (word === undefined || typed.trim() === word) &&
    (wantsReason !== 'required' || reason.trim() !== '')
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (ready && !confirm.isPending) confirm.mutate()
  }
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form id={formId} className="dialog-body" onSubmit={submit}>
        {props.children}
        <Affected names={props.affected} total={props.total ?? props.affected.length} />
        {wantsReason !== 'none' && (
          <TextField
            label={wantsReason === 'required' ? 'Reason' : 'Reason (optional)'}
            hint={props.reasonHint ?? 'Kept in the audit log.'}
            value={reason}
            onChange={setReason}
            maxLength={500}
          />
        )}
        {word !== undefined && (
          <TextField
            label={
              <>
                Type <strong className="typed-word">{word}</strong> to confirm
              </>
            }
            value={typed}
            onChange={setTyped}
            autoComplete="off"
          />
        )}
        {confirm.isError && <ErrorText error={confirm.error} note={note} />}
      </form>
      <Choice {...props} formId={formId} ready={ready} busy={confirm.isPending} danger={danger} />
    </Dialog>
  )
}

function Choice(props: {
  formId: string
  ready: boolean
  busy: boolean
  danger: boolean
  action: string
  onClose: () => void
}) {
  return (
    <footer className="dialog-footer">
      <Button onClick={props.onClose}>Cancel</Button>
      <Button
        type="submit"
        form={props.formId}
        kind={props.danger ? 'danger' : 'primary'}
        disabled={!props.ready}
        busy={props.busy}
      >
        {props.action}
      </Button>
    </footer>
  )
}

function Affected({ names, total }: { names: readonly string[]; total: number }) {
  if (names.length === 0) return null
  const listed = names.slice(0, LISTED)
  return (
    <ul className="affected" aria-label="What is affected" tabIndex={0}>
      {listed.map((name, at) => (
        <li key={`${String(at)} ${name}`}>{name}</li>
      ))}
      {total > listed.length && <li className="muted">and {formatCount(total - listed.length)} more</li>}
    </ul>
  )
}

/** Why it was not done, inside the dialog or form that asked for it, and what to know before another try. */
export function ErrorText({ error, note }: { error: unknown; note?: string | undefined }) {
  const { title, detail } = explain(error)
  return (
    <p className="form-error" role="alert">
      <strong>{title}</strong> {detail} {note}
    </p>
  )
}
