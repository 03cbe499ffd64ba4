/** Pausing, going on with and cancelling a bulk run or a migration, for as long as that can be done. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { mayAct, sessionQuery, type Role } from '../../api/session.ts'
import { formatCode, plural } from '../../lib/format.ts'
import { Button } from '../../ui/button.tsx'
import { TypedConfirm } from '../../ui/typed-confirm.tsx'
import { goesOn, type Run, type useVerb } from './query.ts'

export function Verbs({
  run,
  what,
  verb,
  leastToResume = 'operator',
  asked,
}: {
  run: Run
  /** As in `Cancel this bulk run`. */
  what: string
  verb: ReturnType<typeof useVerb>
  leastToResume?: Role
  /** What a cancellation means for who was asked already, in a sentence. */
  asked: string
}) {
  const { data: session } = useQuery(sessionQuery)
  const [cancelling, setCancelling] = useState(false)
  const open = goesOn(run) && (run.state === 'running' || run.state === 'paused')
  if (!open || !mayAct(session, 'operator')) return null
  const waiting = run.counts.waiting
  const next = run.state === 'running' ? 'pause' : 'resume'
  return (
    <>
      {(next === 'pause' || mayAct(session, leastToResume)) && (
        <Button busy={verb.isPending} onClick={() => verb.mutate({ verb: next })}>
          {formatCode(next)}
        </Button>
      )}
      <Button kind="danger" onClick={() => setCancelling(true)}>
        Cancel…
      </Button>
      {cancelling && (
        <TypedConfirm
          title={`Cancel this ${what}`}
          affected={[]}
          action={`Leave out ${plural(waiting, 'user')}`}
          danger
          reason="optional"
          onConfirm={({ reason }) => verb.mutateAsync({ verb: 'cancel', ...(reason !== '' && { reason }) })}
          onClose={() => setCancelling(false)}
        >
          <p>
            {plural(waiting, 'user')} {waiting === 1 ? 'has' : 'have'} not been asked yet and will not be.{' '}
            {asked}
          </p>
        </TypedConfirm>
      )}
    </>
  )
}
