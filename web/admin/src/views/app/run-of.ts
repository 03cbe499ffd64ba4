import type { AppEvent } from './queries.ts'

const BEGINS = /^(provision|deprovision|resize|repair)_started$/

/**
 * The events of the last run, oldest first: from the last time that an operation began. `events` are the newest,
 * newest first; where none of them is a beginning, all of them are told.
 */
export function lastRunOf<E extends Pick<AppEvent, 'event_type'>>(events: readonly E[]): E[] {
  const begin = events.findIndex((event) => BEGINS.test(event.event_type))
  return events.slice(0, begin === -1 ? events.length : begin + 1).reverse()
}
