/** Changes to a small history. */
import type { Draft } from './history.ts'

export function event(draft: Draft, type: string): Draft['events'][number] {
  const found = draft.events.find((one) => one.eventType === type)
  if (!found) throw new Error(`the history has no event ${type}`)
  return found
}
export const without = (draft: Draft, type: string) =>
  void (draft.events = draft.events.filter((one) => one.eventType !== type))
export const inOrder = (draft: Draft) =>
  void (draft.events = draft.events
    .toSorted((a, b) => Number(a.createdAt) - Number(b.createdAt))
    .map((one, index) => ({ ...one, id: index + 1 })))
export const atSeconds = (draft: Draft, ...added: Draft['calls']) =>
  void (draft.calls = [...draft.calls, ...added]
    .toSorted((a, b) => a.atMs - b.atMs)
    .map((call, index) => ({ ...call, seq: index + 1 })))
