import { Link } from '@tanstack/react-router'
import { formatCode, formatCount } from '../../lib/format.ts'
import type { Run } from './query.ts'
import { ITEM_STATES, type ItemState } from './route.ts'

type Target =
  | { to: '/bulk/$bulkId'; params: { bulkId: string } }
  | { to: '/migrations/$migrationId'; params: { migrationId: string } }

/** Which of its users are listed: all, or those in one state; the address keeps which. */
export function StateFilter({
  run,
  state,
  target,
}: {
  run: Run
  state: ItemState | undefined
  target: Target
}) {
  return (
    <nav className="tabs" aria-label="Which users">
      <Link {...target} search={{}} aria-current={state === undefined ? 'page' : undefined}>
        All {formatCount(run.total)}
      </Link>
      {ITEM_STATES.map((one) => (
        <Link key={one} {...target} search={{ state: one }} aria-current={state === one ? 'page' : undefined}>
          {formatCode(one)} {formatCount(run.counts[one])}
        </Link>
      ))}
    </nav>
  )
}
