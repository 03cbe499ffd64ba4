import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState, type SubmitEvent } from 'react'
import { answer, api } from '../../api/client.ts'
import { toast } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { ErrorText } from '../../ui/typed-confirm.tsx'
import { GROUPS, changesIn, shownValue, type Group, type SettingsAnswer } from './fields.ts'

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
            // Saved by somebody else, a form starts anew from what holds now.
            <LimitsForm
              key={`${group.name} ${JSON.stringify(settings[group.name])}`}
              group={group}
              settings={settings}
              isAdmin={isAdmin}
            />
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
  const [texts, setTexts] = useState(() =>
    Object.fromEntries(
      group.fields.map((field) => [field.name, shownValue(field, settings[group.name][field.name])]),
    ),
  )
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
        {group.fields.map((field) => (
          <TextField
            key={field.name}
            label={field.label}
            value={texts[field.name] ?? ''}
            onChange={(text) => setTexts((before) => ({ ...before, [field.name]: text }))}
            readOnly={!isAdmin}
            {...(field.hint !== undefined && { hint: field.hint })}
          />
        ))}
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
