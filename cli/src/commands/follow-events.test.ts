import { expect, test } from '@jest/globals'
import { createLooks, MOST_PAGES, type LoadPage } from './follow-events.ts'

type Event = { id: number }

/** Whatever is in it, newest first, page by page. */
function history() {
  const ids: number[] = []
  let pages = 0
  const load: LoadPage<Event> = ({ limit, cursor }) => {
    pages += 1
    const older = ids.filter((id) => cursor === undefined || id < Number(cursor)).sort((a, b) => b - a)
    const items = older.slice(0, limit).map((id) => ({ id }))
    return Promise.resolve({
      items,
      next_cursor: older.length > limit ? String(items.at(-1)?.id) : null,
    })
  }
  const add = (from: number, to: number) => {
    for (let id = from; id <= to; id += 1) ids.push(id)
  }
  return { load, add, pages: () => pages }
}

const ends = (events: readonly Event[]) => [events.length, events[0]?.id, events.at(-1)?.id]

test('however many happen between two looks, each is told of once, in order', async () => {
  const { load, add, pages } = history()
  add(1, 5_000)
  const look = createLooks(load, [{ id: 5_000 }])
  expect(await look()).toEqual({ fresh: [], missed: false })
  expect(pages()).toBe(1)
  add(5_001, 6_500)
  const { fresh, missed } = await look()
  expect([...ends(fresh), missed]).toEqual([1_500, 5_001, 6_500, false])
  expect(await look()).toEqual({ fresh: [], missed: false })
})

test('one whose transaction ended late is told of too', async () => {
  const { load, add } = history()
  add(1, 300)
  const look = createLooks(load, [{ id: 300 }])
  add(302, 499)
  expect(ends((await look()).fresh)).toEqual([198, 302, 499])
  add(500, 540)
  expect(ends((await look()).fresh)).toEqual([41, 500, 540])
  add(541, 541)
  const late = { id: 541.5 }
  add(542, 560)
  expect(ends((await look()).fresh)).toEqual([20, 541, 560])
  add(late.id, late.id)
  expect((await look()).fresh).toEqual([late])
  expect((await look()).fresh).toEqual([])
})

test('nothing yet, then the first ones', async () => {
  const { load, add } = history()
  const look = createLooks(load, [])
  expect((await look()).fresh).toEqual([])
  add(1, 450)
  expect(ends((await look()).fresh)).toEqual([450, 1, 450])
})

test('more than a look goes through: the newest, and that some were missed', async () => {
  const { load, add } = history()
  add(1, 1)
  const look = createLooks(load, [{ id: 1 }])
  add(2, 12_000)
  const { fresh, missed } = await look()
  expect([...ends(fresh), missed]).toEqual([MOST_PAGES * 200, 2_001, 12_000, true])
  expect(await look()).toEqual({ fresh: [], missed: false })
})
