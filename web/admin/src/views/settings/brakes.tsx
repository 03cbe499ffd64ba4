import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { answer, api } from '../../api/client.ts'
import type { components } from '../../api/schema.generated.ts'
import { formatCode, plural } from '../../lib/format.ts'
import { brakesQuery } from '../../shell/brake-banner.tsx'
import { toast } from '../../shell/toasts.tsx'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago } from '../../ui/time.tsx'
import { TypedConfirm } from '../../ui/typed-confirm.tsx'

type Brake = components['schemas']['Brake']

/** Each brake: what it holds, whether it does now and why, and the lever. */
export function Brakes({ isAdmin }: { isAdmin: boolean }) {
  const query = useQuery(brakesQuery)
  const [asked, setAsked] = useState<Brake>()
  return (
    <Section title="Brakes">
      <Loaded query={query} what="the brakes">
        {({ items }) => (
          <ul className="card-list">
            {items.map((brake) => (
              <li key={brake.name}>
                <div>
                  <h3>{formatCode(brake.name)}</h3>
                  <p className="muted">{brake.summary}</p>
                  <BrakeState brake={brake} />
                </div>
                {isAdmin && (brake.engaged || brake.by_hand) && (
                  <Button onClick={() => setAsked(brake)}>
                    <span>
                      {brake.engaged ? 'Release' : 'Engage'}
                      <span className="visually-hidden"> {formatCode(brake.name)}</span>…
                    </span>
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      {asked !== undefined && <Lever brake={asked} onClose={() => setAsked(undefined)} />}
    </Section>
  )
}

function BrakeState({ brake }: { brake: Brake }) {
  if (!brake.engaged) return <Status state="released" word="Not engaged" />
  return (
    <p>
      <Status state="engaged" /> since <Ago at={brake.since} /> by {brake.by}: {brake.reason} Holds{' '}
      {plural(brake.held_users, 'user')};{' '}
      {brake.resumes === 'operator' ? 'goes on when somebody says so' : 'goes on by itself'}.
    </p>
  )
}

function Lever({ brake, onClose }: { brake: Brake; onClose: () => void }) {
  const queries = useQueryClient()
  const verb = brake.engaged ? 'release' : 'engage'
  const name = formatCode(brake.name)
  const pull = async ({ reason, key }: { reason: string; key: string }) => {
    const options = {
      params: { path: { name: brake.name } },
      body: { reason },
      headers: { 'idempotency-key': key },
    }
    if (verb === 'engage') await answer(api.POST('/v1/brakes/{name}/engage', options))
    else await answer(api.POST('/v1/brakes/{name}/release', options))
    toast.done(verb === 'engage' ? `${name} is engaged` : `${name} is released`)
    await Promise.all(['brakes', 'overview'].map((topic) => queries.invalidateQueries({ queryKey: [topic] })))
  }
  return (
    <TypedConfirm
      title={`${verb === 'engage' ? 'Engage' : 'Release'} the brake: ${name}`}
      affected={[]}
      action={verb === 'engage' ? 'Engage it' : 'Release it'}
      word={brake.name}
      danger={verb === 'engage'}
      onConfirm={pull}
      onClose={onClose}
    >
      <p>
        {verb === 'engage'
          ? `For every user, it holds: ${brake.holds.map((act) => formatCode(act).toLowerCase()).join(', ')}.`
          : `Work goes on for ${plural(brake.held_users, 'user')} that it holds now.`}
      </p>
    </TypedConfirm>
  )
}
