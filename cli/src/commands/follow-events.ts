/**
 * Events as they happen, each once. Every look goes back from the newest until it is a little way behind what was the newest at
 * the look before: transactions end in another order than the ids of what they write.
 */
import type { PageOf } from '../http/pages.ts'

export type LoadPage<Event> = (page: { limit: number; cursor?: string }) => Promise<PageOf<Event>>

/** Oldest first. `missed`: more had happened than a look goes through, and what came before these was not read. */
export type Look<Event> = { fresh: Event[]; missed: boolean }

const PAGE_SIZE = 200
/** So many of the newest are looked through again. */
const LOOK_BACK = 100
export const MOST_PAGES = 50

/** `shown`: what has been shown already, oldest first. */
export function createLooks<Event extends { id: number }>(
  load: LoadPage<Event>,
  shown: readonly Event[],
): () => Promise<Look<Event>> {
  const seen = new Set(shown.map(({ id }) => id))
  let floor = (shown.at(-LOOK_BACK) ?? shown[0])?.id ?? 0
  return async () => {
    const { items, missed } = await readDownTo(load, floor)
    const fresh = items.filter(({ id }) => id > floor && !seen.has(id)).reverse()
    floor = Math.max(floor, items[LOOK_BACK - 1]?.id ?? 0)
    for (const { id } of fresh) seen.add(id)
    for (const id of seen) if (id <= floor) seen.delete(id)
    return { fresh, missed }
  }
}

async function readDownTo<Event extends { id: number }>(load: LoadPage<Event>, floor: number) {
  const items: Event[] = []
  let cursor: string | null = null
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page: PageOf<Event> = await load({ limit: PAGE_SIZE, ...(cursor === null ? {} : { cursor }) })
    items.push(...page.items)
    cursor = page.next_cursor
    if (cursor === null || (items.at(-1)?.id ?? 0) <= floor) return { items, missed: false }
  }
  return { items, missed: true }
}
