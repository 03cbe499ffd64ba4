/** What every listener is promised, whatever happens at the same time: with many writers, readers who come and go, and limits. */
import { randomUUID } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { systemClock } from '@hangar/core'
import { insertAudit, insertEvent } from '@hangar/db'
import { createLogger } from '@hangar/runtime'
import { useTestDatabase, waitFor } from '@hangar/testkit'
import { afterEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createChangeFeed, type ChangeFeed, type FeedParts } from './feed.ts'

const database = useTestDatabase({ maxConnections: 10 })
const stops: AbortController[] = []
const userId = randomUUID()

function openFeed(parts: Partial<FeedParts> = {}): ChangeFeed {
  const stopping = new AbortController()
  stops.push(stopping)
  return createChangeFeed({
    db: database.db,
    clock: systemClock,
    logger: createLogger({ service: 'api', level: 'silent' }),
    stopping: stopping.signal,
    lookEveryMs: 3,
    ...parts,
  })
}

afterEach(() => {
  for (const stopping of stops.splice(0)) stopping.abort()
})

/** Reads until told to stop; what it was told, and where to go on. */
function read(feed: ChangeFeed, after?: string, isStillAllowed = () => Promise.resolve(true)) {
  const listener = feed.listen({ who: 'user:1', after, isStillAllowed })
  const told = { text: '' }
  const done = (async () => {
    for await (const piece of listener) told.text += piece
  })()
  const ids = () => [...told.text.matchAll(/"event_id":(\d+)/g)].map(([, id]) => Number(id))
  return {
    ids,
    told,
    done,
    lastId: () => [...told.text.matchAll(/^id: (.*)$/gm)].at(-1)?.[1] ?? after,
    leave: async () => {
      listener.gone()
      await done
    },
  }
}

const event = {
  userFlyAppId: null,
  userId,
  eventType: 'orphan_found',
  status: 'success',
  actor: 'a',
} as const

describe('nothing is lost and nothing is told twice', () => {
  test('whatever the order of the commits, and whenever one comes back', async () => {
    const feed = openFeed()
    const step = fc.oneof(
      fc.record({ do: fc.constant('begin' as const) }),
      fc.record({ do: fc.constantFrom('commit' as const, 'roll back' as const), which: fc.nat() }),
      fc.record({ do: fc.constant('write' as const) }),
      fc.record({ do: fc.constant('come back' as const) }),
      fc.record({ do: fc.constant('wait' as const) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const committed: number[] = []
        const told: number[] = []
        const open: { id: number; end: (commit: boolean) => Promise<void> }[] = []
        let reader = read(feed)
        await waitFor(() => reader.told.text !== '', { what: 'the reader to have come on' })
        for (const one of steps) {
          if (one.do === 'begin' && open.length < 5) open.push(await begin())
          if (one.do === 'write') committed.push((await insertEvent(database.db, event)).id)
          if (one.do === 'commit' || one.do === 'roll back') {
            const [taken] = open.splice(one.which % Math.max(1, open.length), 1)
            await taken?.end(one.do === 'commit')
            if (taken && one.do === 'commit') committed.push(taken.id)
          }
          if (one.do === 'wait') await turn()
          if (one.do === 'come back') {
            await reader.leave()
            told.push(...reader.ids())
            reader = read(feed, reader.lastId())
          }
        }
        for (const taken of open) {
          await taken.end(true)
          committed.push(taken.id)
        }
        await waitFor(() => told.length + reader.ids().length >= committed.length, { what: 'all to be told' })
        await reader.leave()
        expect([...told, ...reader.ids()].sort((a, b) => a - b)).toEqual(committed.sort((a, b) => a - b))
      }),
      { numRuns: 25, seed: 20_260_301 },
    )
  })
})

/** A transaction that has written and is not over. */
async function begin() {
  const written = Promise.withResolvers<number>()
  const ends = Promise.withResolvers<boolean>()
  const done = database.db
    .transaction()
    .execute(async (tx) => {
      written.resolve((await insertEvent(tx, event)).id)
      if (!(await ends.promise)) throw new Error('rolled back')
    })
    .catch((error: unknown) => {
      if (!String(error).includes('rolled back')) throw error
    })
  return {
    id: await written.promise,
    end: (commit: boolean) => {
      ends.resolve(commit)
      return done
    },
  }
}

describe('limits', () => {
  test('more than a page can follow: read everything anew', async () => {
    const feed = openFeed({ listeners: { mostChanges: 3 } })
    const first = read(feed)
    await waitFor(() => first.lastId() !== undefined, { what: 'a place to go on from' })
    const place = first.lastId()
    await first.leave()
    for (let n = 0; n < 3; n += 1) await insertEvent(database.db, event)
    const three = read(feed, place)
    await waitFor(() => three.ids().length === 3, { what: 'three' })
    await insertEvent(database.db, event)
    const four = read(feed, place)
    await waitFor(() => four.told.text.includes('event: reset'), { what: 'the reset' })
    expect(four.ids()).toEqual([])
    await Promise.all([three.leave(), four.leave()])
  })

  test('whoever does not read is cut off, and all others go on', async () => {
    const feed = openFeed({ listeners: { mostQueued: 2_000 } })
    const slow = feed.listen({ who: 'user:1', after: undefined, isStillAllowed: () => Promise.resolve(true) })
    const pieces = slow[Symbol.asyncIterator]()
    await pieces.next()
    const quick = read(feed)
    await waitFor(() => quick.told.text !== '', { what: 'the other to have come on' })
    for (let n = 0; n < 12; n += 1) {
      const { id } = await insertEvent(database.db, { ...event, message: 'x'.repeat(300) })
      await waitFor(() => quick.ids().includes(id), { what: 'the other to be told' })
    }
    expect(slow.cutOff.aborted).toBe(true)
    expect(await pieces.next()).toMatchObject({ done: true })
    await quick.leave()
  })

  test('whoever may not listen any more is sent away at the next heartbeat', async () => {
    const feed = openFeed({ listeners: { heartbeatMs: 10 } })
    const answers = [true, new Error('the database is away'), false]
    const listener = feed.listen({
      who: 'user:1',
      after: undefined,
      isStillAllowed: () => {
        const answer = answers.shift() ?? false
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
      },
    })
    const pieces: string[] = []
    for await (const piece of listener) pieces.push(piece)
    expect(pieces.slice(1)).toEqual([': still here\n\n', ': still here\n\n'])
    expect(feed.size).toBe(0)
  })

  test('however much there is to tell', async () => {
    const feed = openFeed({ listeners: { heartbeatMs: 50 } })
    let isAllowed = true
    const busy = read(feed, undefined, () => Promise.resolve(isAllowed))
    const write = async (isEnough: () => boolean) => {
      for (let n = 0; n < 2_000 && !isEnough(); n += 1) await insertEvent(database.db, event)
    }
    await write(() => busy.ids().length > 20)
    isAllowed = false
    await write(() => feed.size === 0)
    expect(feed.size).toBe(0)
    await busy.done
  })

  test.each([
    ['does not answer', () => new Promise<boolean>(() => undefined)],
    ['cannot be asked', () => Promise.reject(new Error('the database is away'))],
  ])('a database that %s lets nobody listen for ever', async (_what, isStillAllowed) => {
    const feed = openFeed({ listeners: { heartbeatMs: 30 } })
    const reader = read(feed, undefined, isStillAllowed)
    await reader.done
    expect(feed.size).toBe(0)
  })

  test('and whoever does not read is cut off', async () => {
    const feed = openFeed({ listeners: { heartbeatMs: 10 } })
    const listener = feed.listen({
      who: 'user:1',
      after: undefined,
      isStillAllowed: () => Promise.resolve(false),
    })
    await listener[Symbol.asyncIterator]().next()
    await waitFor(() => listener.cutOff.aborted, { what: 'the connection to be cut' })
  })
})

test('the database cannot be asked at first: an error to whoever comes, and the next one is let in', async () => {
  const failing = { fail: true }
  const clock = systemClock
  const db = database.db.withPlugin({
    transformQuery: ({ node }) => {
      if (failing.fail) throw new Error('away')
      return node
    },
    transformResult: ({ result }) => Promise.resolve(result),
  })
  const feed = openFeed({ db, clock })
  const listen = () =>
    feed
      .listen({ who: 'user:1', after: undefined, isStillAllowed: () => Promise.resolve(true) })
      [Symbol.asyncIterator]()
  await expect(listen().next()).rejects.toThrow('away')
  expect(feed.size).toBe(0)
  failing.fail = false
  expect((await listen().next()).value).toContain('event: hello')

  // And in between: the look is made again, and nothing is missed.
  const reader = read(feed)
  await waitFor(() => reader.told.text !== '', { what: 'the reader to have come on' })
  failing.fail = true
  await insertAudit(database.db, { actor: 'a', action: 'x.y' })
  failing.fail = false
  await waitFor(() => reader.told.text.includes('event: audit'), { what: 'the act' })
  await reader.leave()
})

test('one caller has so many streams and no more, until one of them ends', async () => {
  const feed = openFeed()
  const listen = (who: string) =>
    feed.listen({ who, after: undefined, isStillAllowed: () => Promise.resolve(true) })
  const first = read(feed)
  for (let n = 1; n < 20; n += 1) listen('user:1')
  expect(() => listen('user:1')).toThrow(expect.objectContaining({ code: 'rate_limited' }))
  expect(() => listen('user:2')).not.toThrow()
  await first.leave()
  expect(() => listen('user:1')).not.toThrow()
})
