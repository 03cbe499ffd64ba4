import type { AppRow } from '@hangar/db'
import {
  about,
  bringsUp,
  type Call,
  eventsOf,
  fenceOf,
  type Finding,
  type Guarantee,
  named,
  notBefore,
  type View,
} from './view.ts'

/** A generation whose teardown has begun is finished, never revived. */
export const cancelledWorkStops: Guarantee = {
  name: 'cancelled work stops',
  says: 'Once a teardown has begun nothing is brought up on that generation, but by one call that a loser had in flight.',
  findings: (view) =>
    view.history.apps.flatMap((row) => {
      const late = (view.callsByUser.get(row.userId) ?? []).filter(
        (call) => call.row === row && bringsUp(call) && isAfterTeardown(call, row),
      )
      const doomedBy = fenceOfTeardown(view, row)
      return late.flatMap((call, index): Finding[] => {
        const isLoser = call.fence !== null && doomedBy !== null && call.fence < doomedBy
        const isFirst = !late.slice(0, index).some((earlier) => earlier.fence === call.fence)
        if (isLoser && isFirst) return []
        return [
          {
            ...about(row),
            what: `${named(call)} after its teardown had begun under fence ${doomedBy ?? '?'}`,
          },
        ]
      })
    }),
}

function isAfterTeardown(call: Call, { teardownStartedAt }: AppRow): boolean {
  return teardownStartedAt !== null && !notBefore(teardownStartedAt, call.atMs)
}

function fenceOfTeardown(view: View, row: AppRow): number | null {
  const begun = eventsOf(view, row).find((event) => event.eventType === 'deprovision_started')
  return begun ? fenceOf(begun) : null
}
