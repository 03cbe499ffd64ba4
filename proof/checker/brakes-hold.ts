import { about, eventsOf, type Finding, type Guarantee } from './view.ts'

/** What an operator forces on one row is meant, whatever is paused. */
const isForced = (metadata: unknown) => (metadata as { forced?: unknown } | null)?.forced != null

export const brakesHold: Guarantee = {
  name: 'brakes hold',
  says: 'While an operator has paused the fleet no teardown begins.',
  findings: (view) =>
    view.history.apps.flatMap((row) =>
      eventsOf(view, row)
        .filter(({ eventType, metadata }) => eventType === 'deprovision_started' && !isForced(metadata))
        .flatMap(({ createdAt }): Finding[] =>
          view.history.brakeSpells
            .filter(({ from, to }) => createdAt > from && (to === null || createdAt < to))
            .map(({ brake, from }) => ({
              ...about(row),
              what: `its teardown began at ${createdAt.toISOString()}, under the brake ${brake} since ${from.toISOString()}`,
            })),
        ),
    ),
}
