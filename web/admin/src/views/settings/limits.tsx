import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { answer, api } from '../../api/client.ts'
import { toast } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { ErrorText } from '../../ui/typed-confirm.tsx'
import {
  GROUPS,
  changesIn,
  rebased,
  textsOf,
  type Form,
  type Group,
  type SettingField,
  type SettingsAnswer,
} from './fields.ts'

const KEY = ['settings'] as const

export function Limits({ isAdmin }: { isAdmin: boolean }) {
  const query = useQuery({
    queryKey: KEY,
    queryFn: ({ signal }): Promise<SettingsAnswer> => answer(api.GET('/v1/settings', { signal })),
  })
  return (
    <Loaded query={query} what="the settings">
      {(settings) => (
        <div className="columns">
          {GROUPS.map((group) => (
            <LimitsForm key={group.name} group={group} settings={settings} isAdmin={isAdmin} />
          ))}
        </div>
      )}
    </Loaded>
  )
}

function LimitsForm({
  group,
  settings,
  isAdmin,
}: {
  group: Group
  settings: SettingsAnswer
  isAdmin: boolean
}) {
  const queries = useQueryClient()
  const now = textsOf(group, settings)
  const [form, setForm] = useState<Form>({ base: now, texts: now })
  // Saved by somebody else, or by this form: the fields learn of it, what is being typed stays.
  if (JSON.stringify(now) !== JSON.stringify(form.base)) setForm(rebased(form, now))
  const { texts, changed = {} } = form
  const changes = changesIn(group, settings, texts)
  const save = useMutation({
    mutationFn: () => answer(api.PATCH('/v1/settings', { body: { [group.name]: changes } })),
    onSuccess: (now: SettingsAnswer) => {
      queries.setQueryData(KEY, now)
      toast.done(`${group.title}: saved`)
    },
  })
  const isChanged = Object.keys(changes).length > 0
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    if (isChanged && !save.isPending) save.mutate()
  }
  return (
    <Section title={group.title}>
      <form className="form-stack" onSubmit={submit}>
        <p className="muted">{group.meaning}</p>
        {group.fields.map((field) => {
          const hint = hintOf(
            field,
            changed[field.name] === texts[field.name] ? undefined : changed[field.name],
          )
          return (
            <TextField
              key={field.name}
              label={field.label}
              value={texts[field.name] ?? ''}
              onChange={(text) => setForm({ ...form, texts: { ...texts, [field.name]: text } })}
              readOnly={!isAdmin}
              {...(hint !== undefined && { hint })}
            />
          )
        })}
        {save.isError && <ErrorText error={save.error} />}
        {isAdmin && (
          <Button type="submit" disabled={!isChanged} busy={save.isPending}>
            <span>
              Save<span className="visually-hidden"> {group.title}</span>
            </span>
          </Button>
        )}
      </form>
    </Section>
  )
}

function hintOf(field: SettingField, changed: string | undefined): string | undefined {
  if (changed === undefined) return field.hint
  return `Somebody has set it to ${changed === '' ? 'nothing' : changed} meanwhile. To save puts yours in its place.`
}
