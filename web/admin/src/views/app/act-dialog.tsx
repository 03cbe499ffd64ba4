/** Before an act: what it would do, step by step, from a dry run of the very same call. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { explain } from '../../api/problem.ts'
import { appKey, previewKey } from '../../live/changes.ts'
import { toast } from '../../shell/toasts.tsx'
import { TypedConfirm } from '../../ui/typed-confirm.tsx'
import type { Act, ActionResult } from './acts.ts'
import { nameOf } from './override-draft.ts'
import type { User } from './queries.ts'

export function ActDialog({ act, user, onClose }: { act: Act; user: User; onClose: () => void }) {
  const queries = useQueryClient()
  const preview = useQuery({
    queryKey: previewKey('act', user.user_id, act.name),
    queryFn: () => act.ask(user.user_id, { reason: 'dry run', dryRun: true }),
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  })
  const name = nameOf(user)
  const confirm = async (confirmed: { reason: string; key: string }) => {
    const result = await act.ask(user.user_id, { ...confirmed, dryRun: false })
    toast.done(
      result.effect === 'nothing' ? 'Nothing is to be done' : `${act.label}: asked for`,
      result.effect === 'nothing' ? undefined : 'What is done shows below as it happens.',
    )
    // The view reads itself again behind the closing dialog: what is done is done.
    void queries.invalidateQueries({ queryKey: appKey(user.user_id) })
  }
  return (
    <TypedConfirm
      title={`${act.label}: ${user.email ?? user.user_id}`}
      action={act.danger ? `${act.label} 1 app` : act.label}
      affected={act.danger ? [name] : []}
      {...(act.danger ? { word: name } : {})}
      danger={act.danger}
      reason={act.reason}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>{act.explains}</p>
      <Preview result={preview.data} error={preview.error} />
    </TypedConfirm>
  )
}

export function Preview({ result, error }: { result: ActionResult | undefined; error: unknown }) {
  if (error !== null) {
    const { title, detail } = explain(error)
    return (
      <p className="form-note" role="status">
        It would be refused: {title} {detail}
      </p>
    )
  }
  if (result === undefined) {
    return (
      <p className="muted" role="status">
        <span className="spinner" aria-hidden="true" /> Looking what it would do…
      </p>
    )
  }
  const steps = stepsOf(result)
  if (steps.length === 0) return <p role="status">{withoutSteps(result)}</p>
  return (
    <div className="preview" role="status">
      <h3>What would be done</h3>
      <ol>
        {steps.map((step, at) => (
          <li key={`${String(at)} ${step}`}>{step}</li>
        ))}
      </ol>
    </div>
  )
}

function withoutSteps(result: ActionResult): string {
  if (result.effect === 'nothing') return 'As things are, nothing would be done.'
  if (result.inspection?.state === 'done') return 'Nothing is left to be done on Fly.'
  return 'No worker has answered yet what exactly it would do.'
}

/** What a worker found: `{plan: {steps: [{step, text}]}}`, of whatever version it is. */
function stepsOf(result: ActionResult): string[] {
  const plan = (result.inspection?.result as { plan?: { steps?: unknown } } | null | undefined)?.plan
  if (!Array.isArray(plan?.steps)) return []
  return (plan.steps as { text?: unknown }[]).flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
}
