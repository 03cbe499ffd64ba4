/** What stands where data should be: on its way, not there, failed, or older than it looks. */
import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { explain, mayPass, ProblemError } from '../api/problem.ts'
import { formatTime } from '../lib/format.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'

export function Loading({ what }: { what: string }) {
  return (
    <div className="state" role="status">
      <span className="spinner" aria-hidden="true" />
      <p>Loading {what}…</p>
    </div>
  )
}

/** Nothing is there; `children` says what one may do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children}
    </div>
  )
}

export function Failed({ error, onRetry, busy }: { error: unknown; onRetry?: () => void; busy?: boolean }) {
  const { title, detail } = explain(error)
  return (
    <div className="state state-failed" role="alert">
      <Icon name="alert" />
      <h2>{title}</h2>
      {detail !== undefined && <p>{detail}</p>}
      {error instanceof ProblemError && error.requestId !== undefined && (
        <p className="muted">
          Request <code>{error.requestId}</code>
        </p>
      )}
      {onRetry && (
        <Button onClick={onRetry} busy={busy ?? false}>
          Try again
        </Button>
      )}
    </div>
  )
}

/** What is shown is from before something stopped answering. */
export function Stale({ sinceMs }: { sinceMs: number }) {
  return (
    <p className="stale" role="status">
      <Icon name="alert" /> As of {formatTime(new Date(sinceMs).toISOString())}; newer data cannot be had at
      the moment. Trying again.
    </p>
  )
}

type Result<T> = Pick<
  UseQueryResult<T>,
  'data' | 'error' | 'isError' | 'dataUpdatedAt' | 'refetch' | 'isFetching' | 'failureCount'
>

/** Draws a query: what it has, else that it loads, else why not. Old data stays, and says that it is old. */
export function Loaded<T>({
  query,
  what,
  children,
}: {
  query: Result<T>
  what: string
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) {
    return (
      <>
        {(query.isError || query.failureCount > 1) && <Stale sinceMs={query.dataUpdatedAt} />}
        {children(query.data)}
      </>
    )
  }
  if (query.isError) {
    const retry = mayPass(query.error) ? { onRetry: () => void query.refetch(), busy: query.isFetching } : {}
    return <Failed error={query.error} {...retry} />
  }
  return <Loading what={what} />
}
