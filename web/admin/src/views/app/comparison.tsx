/** What should be there beside what is there; where they differ, who puts it right. */
import type { ReactNode } from 'react'
import { formatGuest } from '../../lib/format.ts'
import { Section } from '../../ui/page.tsx'
import { Status } from '../../ui/status.tsx'
import type { User } from './queries.ts'

type Line = readonly [name: string, desired: ReactNode, observed: ReactNode]

export function Comparison({ user }: { user: User }) {
  return (
    <Section
      title="Desired and observed"
      aside={
        user.differences.length === 0 ? (
          <Status state="done" word="No difference" />
        ) : (
          <Status state="warning" word={`${String(user.differences.length)} different`} />
        )
      }
    >
      <table className="plain-table comparison">
        <thead>
          <tr>
            <th scope="col">
              <span className="visually-hidden">What</span>
            </th>
            <th scope="col">Desired</th>
            <th scope="col">Observed</th>
          </tr>
        </thead>
        <tbody>
          {linesOf(user).map(([name, desired, observed]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{desired}</td>
              <td>{observed}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {user.differences.length > 0 && (
        <ul className="differences" aria-label="Differences">
          {user.differences.map((one) => (
            <li key={one.field}>
              <Status state="warning" word={one.field} />
              <span>
                {one.desired ?? 'nothing'} wanted, {one.observed ?? 'nothing'} there.{' '}
                <span className="muted">
                  {one.action === 'correct'
                    ? 'The engine puts it right.'
                    : 'Reported only: somebody has to act.'}
                </span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

function linesOf({ desired, observed, entitlement, app }: User): Line[] {
  const machine = observed.machine
  return [
    ['App', existsText(desired.exists), app === null ? 'none' : (machine?.state ?? 'no machine')],
    ['Because', entitlement.reason, observed.health?.message ?? '–'],
    ['Size', guestText(desired.guest), guestText(machine?.guest)],
    ['Region', desired.region ?? '–', machine?.region ?? '–'],
    ['Image', <Image key="desired" name={desired.image} />, <Image key="observed" name={machine?.image} />],
    ['Machine', '–', machine?.id == null ? '–' : <code key="id">{machine.id}</code>],
  ]
}

const existsText = (exists: boolean | null): string =>
  exists === null ? 'as it is' : exists ? 'yes' : 'none'

type Guest = { cpuKind: string; cpus: number; memoryMb: number }

const guestText = (guest: Guest | null | undefined): string =>
  guest == null ? '–' : formatGuest({ cpu_kind: guest.cpuKind, cpus: guest.cpus, memory_mb: guest.memoryMb })

/** The end of the digest tells images apart; the whole name is under the pointer. */
function Image({ name }: { name: string | null | undefined }) {
  if (name == null) return '–'
  const [, digest] = name.split('@sha256:')
  return <code title={name}>{digest === undefined ? name : `…${digest.slice(0, 12)}`}</code>
}
