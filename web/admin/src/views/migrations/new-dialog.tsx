/** First whom and how carefully; then who that is, by name, and what it costs; then a reason, and it begins. */
import { useId, useState, type SubmitEvent } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { readPlan, USUAL, type MigrationPlan, type Problems, type Typed } from './plan.ts'
import { PreviewDialog } from './preview-dialog.tsx'

export function NewMigration({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState<Typed>(USUAL)
  const [plan, setPlan] = useState<MigrationPlan>()
  if (plan) return <PreviewDialog plan={plan} onClose={onClose} onBack={() => setPlan(undefined)} />
  return <PlanDialog typed={typed} onChange={setTyped} onPlan={setPlan} onClose={onClose} />
}

type PlanDialogProps = {
  typed: Typed
  onChange: (typed: Typed) => void
  onPlan: (plan: MigrationPlan) => void
  onClose: () => void
}

function PlanDialog({ typed, onChange, onPlan, onClose }: PlanDialogProps) {
  const formId = useId()
  const [problems, setProblems] = useState<Problems>({})
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const read = readPlan(typed)
    if ('plan' in read) onPlan(read.plan)
    else setProblems(read.problems)
  }
  return (
    <Dialog title="New migration" onClose={onClose}>
      <form id={formId} className="dialog-body" onSubmit={submit} noValidate>
        <p>
          Each user who pays and has no app that is up gets one. Their traders go on where they are until it
          runs.
        </p>
        <Fields typed={typed} problems={problems} onChange={onChange} />
      </form>
      <footer className="dialog-footer">
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" form={formId} kind="primary">
          Preview
        </Button>
      </footer>
    </Dialog>
  )
}

const NUMBERS = [
  ['waveSize', 'Users in a wave', 'The next wave begins when all of this one have come to an end.'],
  ['pauseSeconds', 'Pause between waves, in seconds', ''],
  ['percent', 'Stop above, in % failed', 'Of those who came to an end, in a wave or in all. 100: never.'],
  ['perMinute', 'Users asked in a minute', 'Fly is known to create one app a second.'],
] as const

function Fields({
  typed,
  problems,
  onChange,
}: {
  typed: Typed
  problems: Problems
  onChange: (typed: Typed) => void
}) {
  const set = (field: keyof Typed) => (value: string) => onChange({ ...typed, [field]: value })
  return (
    <>
      <SelectField
        label="Whom"
        value={typed.whom}
        options={[
          ['all', 'All who pay and have no app'],
          ['tier', 'Those of one tier'],
          ['some', 'Some users'],
        ]}
        onChange={set('whom')}
      />
      {typed.whom === 'tier' && (
        <TextField label="Tier" value={typed.tier} onChange={set('tier')} error={problems.tier} />
      )}
      {typed.whom === 'some' && (
        <TextField
          label="Ids of users"
          hint="With spaces or commas between them."
          value={typed.userIds}
          onChange={set('userIds')}
          error={problems.userIds}
        />
      )}
      {NUMBERS.map(([field, label, hint]) => (
        <TextField
          key={field}
          label={label}
          {...(hint !== '' && { hint })}
          type="number"
          value={typed[field]}
          onChange={set(field)}
          error={problems[field]}
        />
      ))}
    </>
  )
}
