/** How it is, why, and what comes next: what one has come to read. */
import { Link } from '@tanstack/react-router'
import { formatCode, formatGuest } from '../../lib/format.ts'
import { Icon } from '../../ui/icon.tsx'
import { Status } from '../../ui/status.tsx'
import { Ago, useNow } from '../../ui/time.tsx'
import type { User } from './queries.ts'

export function StateSection({ user }: { user: User }) {
  return (
    <section className="section state-section" aria-label="State">
      <div className="state-line" aria-live="polite">
        <Status state={user.app?.status ?? 'deleted'} {...(user.app ? {} : { word: 'No app' })} />
        {user.app && user.observed.health && <Status state={user.observed.health.status} />}
        {user.work.running && <span className="muted">a worker is at it now</span>}
      </div>
      <p className="state-why">{user.why.text}</p>
      <p className="muted">
        Next: {user.next.text}
        {user.next.at !== null && (
          <>
            {' '}
            (<Due at={user.next.at} />)
          </>
        )}
      </p>
      {user.app?.error_message != null && (
        <p className="state-error">
          <Icon name="alert" />
          <span>
            {user.app.error_message} {user.app.error_code !== null && <code>{user.app.error_code}</code>}
          </span>
        </p>
      )}
      {user.progress !== null && <Progress progress={user.progress} />}
      {user.override !== null && <Override override={user.override} />}
      {user.alerts.map((alert) => (
        <p key={alert.id} className="state-alert">
          <Status state={alert.severity} /> <span>{alert.message}</span>
          <Link to="/alerts" className="nowrap">
            Alerts
          </Link>
        </p>
      ))}
    </section>
  )
}

/** When a worker may begin; from then on it is only a matter of its turn. */
function Due({ at }: { at: string }) {
  const nowMs = useNow()
  return Date.parse(at) <= nowMs ? 'due now' : <Ago at={at} />
}

function Progress({ progress }: { progress: NonNullable<User['progress']> }) {
  const done = progress.steps.filter((step) => step.state === 'done').length
  return (
    <div className="progress">
      <h2 id="progress-title">
        {formatCode(progress.operation)}: step {Math.min(done + 1, progress.steps.length)} of{' '}
        {progress.steps.length}
      </h2>
      <ol aria-labelledby="progress-title">
        {progress.steps.map((step) => (
          <li
            key={step.name}
            className={`step step-${step.state}`}
            aria-current={step.state === 'running' ? 'step' : undefined}
          >
            <Status state={step.state} word={step.name} />
            {step.at !== null && (
              <span className="muted">
                <Ago at={step.at} />
              </span>
            )}
          </li>
        ))}
      </ol>
    </div>
  )
}

const OVERRIDES = {
  on: 'An operator has switched this app on, whatever the subscription says.',
  off: 'An operator has switched this app off, whatever the subscription says.',
  paused: 'An operator has paused this user: nothing is done, whatever changes.',
} as const

function Override({ override }: { override: NonNullable<User['override']> }) {
  return (
    <div className="override">
      <p>
        <strong>{OVERRIDES[override.desired]}</strong>{' '}
        {override.expires_at === null ? (
          'It lasts until somebody ends it.'
        ) : (
          <>
            It ends <Ago at={override.expires_at} />.
          </>
        )}
      </p>
      <p>
        “{override.reason}”, {override.actor}, <Ago at={override.created_at} />
        {override.guest &&
          `; ${formatGuest({ cpu_kind: override.guest.cpuKind, cpus: override.guest.cpus, memory_mb: override.guest.memoryMb })}`}
        {override.region !== null && `; region ${override.region}`}
      </p>
    </div>
  )
}
