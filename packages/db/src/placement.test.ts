import { systemClock } from '@hangar/core'
import { createUser, useTestDatabase, waitFor } from '@hangar/testkit'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { sql } from 'kysely'
import { insertApp, updateApp, type AppRow } from './apps.ts'
import type { Database } from './database.ts'
import { recordDrained } from './heartbeats.ts'
import {
  confirmReleased,
  findPlacement,
  HEARD_BY_THEN_MS,
  listPlacement,
  lockApp,
  releaseMachineOf,
  returnTraders,
  takeTraders,
  type Handover,
} from './placement.ts'
import { meetSharedBackend, partWithSharedBackend } from './shared-backends.ts'
import { anApp } from './test-data.ts'

const t = useTestDatabase({ maxConnections: 10 })

async function newApp(generation = 1, of?: string): Promise<AppRow> {
  const userId = of ?? (await createUser(t.db, { tier: 'pro' })).userId
  return t.db.transaction().execute((tx) => insertApp(tx, anApp(userId, { generation })))
}

const take = (app: AppRow, handover: Handover = 'confirmed') =>
  t.db.transaction().execute((tx) => takeTraders(tx, app, handover))

const close = (app: AppRow) =>
  t.db.transaction().execute((tx) => updateApp(tx, app.id, { status: 'deleted', deletedAt: 'now' }))

const runsOn = async ({ userId }: AppRow) => (await findPlacement(t.db, userId))?.runsOn

describe('the ways between the places', () => {
  test('shared → moving → dedicated → shared, each step once', async () => {
    const app = await newApp()
    expect(await findPlacement(t.db, app.userId)).toBeNull()
    expect(await take(app)).toEqual({ userId: app.userId, runsOn: 'moving', userFlyAppId: app.id, move: 1 })
    expect(await take(app)).toMatchObject({ runsOn: 'moving', move: 1 })
    expect(await confirmReleased(t.db, [{ userId: app.userId, move: 1 }])).toBe(1)
    expect(await confirmReleased(t.db, [{ userId: app.userId, move: 1 }])).toBe(0)
    expect(await take(app)).toMatchObject({ runsOn: 'dedicated', move: 2 })
    await returnTraders(t.db, app.id)
    await returnTraders(t.db, app.id)
    expect(await findPlacement(t.db, app.userId)).toMatchObject({ runsOn: 'shared', move: 3 })
  })

  test('without a shared backend there is nothing to wait for, even where one was waited for before', async () => {
    expect(await take(await newApp(), 'immediate')).toMatchObject({ runsOn: 'dedicated', move: 1 })
    const waiting = await newApp()
    await take(waiting)
    expect(await take(waiting, 'immediate')).toMatchObject({ runsOn: 'dedicated', move: 2 })
    expect(await take(waiting, 'confirmed')).toMatchObject({ runsOn: 'dedicated', move: 2 })
  })

  test('a confirmation of an earlier move is none of a later one', async () => {
    const app = await newApp()
    const { move } = await take(app)
    await returnTraders(t.db, app.id)
    const again = await take(app)
    expect(await confirmReleased(t.db, [{ userId: app.userId, move }])).toBe(0)
    expect(await runsOn(app)).toBe('moving')
    expect(await confirmReleased(t.db, [{ userId: app.userId, move: again.move }])).toBe(1)
  })

  test('a user who is shared again, or whom nobody knows, is not moved by a confirmation', async () => {
    const app = await newApp()
    const { move } = await take(app)
    await returnTraders(t.db, app.id)
    const stranger = await createUser(t.db)
    for (const guess of [move, move + 1])
      expect(await confirmReleased(t.db, [{ userId: app.userId, move: guess }])).toBe(0)
    expect(await confirmReleased(t.db, [{ userId: stranger.userId, move: 1 }])).toBe(0)
    expect(await runsOn(app)).toBe('shared')
  })

  test('a generation that was replaced never ends the turn of the next', async () => {
    const first = await newApp()
    await take(first)
    await close(first)
    const second = await newApp(2, first.userId)
    expect(await take(second)).toMatchObject({ runsOn: 'moving', userFlyAppId: second.id })
    await returnTraders(t.db, first.id)
    await recordDrained(t.db, first.id, { signalsFlushed: 0, executionsFlushed: 0, lost: 0 })
    expect(await runsOn(second)).toBe('moving')
    await returnTraders(t.db, second.id)
    expect(await runsOn(second)).toBe('shared')
  })

  test.each([
    ['a teardown', { teardownStartedAt: 'now' }, 'shared'],
    ['a resize', { operation: 'resize' }, 'dedicated'],
  ] as const)('the drained report of %s', async (_what, patch, where) => {
    const app = await newApp()
    await take(app, 'immediate')
    await t.db.transaction().execute((tx) => updateApp(tx, app.id, { ...patch, drainStartedAt: 'now' }))
    await recordDrained(t.db, app.id, { signalsFlushed: 0, executionsFlushed: 0, lost: 0 })
    expect(await runsOn(app)).toBe(where)
  })
})

describe('another machine of the same app', () => {
  const on = (app: AppRow, flyMachineId: string, launchedAgoMs = 0): AppRow => ({
    ...app,
    flyMachineId,
    launchedAt: new Date(systemClock.now().getTime() - launchedAgoMs),
  })
  const tradingOn = async (machine: string) => {
    const app = await newApp()
    await take(on(app, machine), 'immediate')
    return app
  }

  test.each(['immediate', 'confirmed'] as const)(
    'waits until the one before must have heard that it is over (%s)',
    async (handover) => {
      const app = await tradingOn('a')
      expect(await take(on(app, 'a', 60_000), handover)).toMatchObject({ runsOn: 'dedicated', move: 1 })
      expect(await take(on(app, 'b'), handover)).toMatchObject({ runsOn: 'moving', move: 2 })
      expect(await take(on(app, 'b'), handover)).toMatchObject({ runsOn: 'moving', move: 2 })
      // The shared backend has no part in it.
      expect(await confirmReleased(t.db, [{ userId: app.userId, move: 2 }])).toBe(0)
      await sql`update hangar.trader_placement set held_until = hangar.now() where user_id = ${app.userId}`.execute(
        t.db,
      )
      expect(await take(on(app, 'b'), handover)).toMatchObject({ runsOn: 'dedicated', move: 3 })
      expect(await take(on(app, 'b'), handover)).toMatchObject({ runsOn: 'dedicated', move: 3 })
    },
  )

  test('does not wait where that time has passed since it was put on record', async () => {
    const app = await tradingOn('a')
    expect(await take(on(app, 'b', HEARD_BY_THEN_MS + 1_000))).toMatchObject({ runsOn: 'dedicated' })
  })

  test.each(['before', 'while'])(
    'does not wait for one that Fly says has stopped (%s it asks)',
    async (when) => {
      const app = await tradingOn('a')
      const stopped = () => releaseMachineOf(sql`(select ${app.id}::uuid as id)`, 'a').execute(t.db)
      if (when === 'before') await stopped()
      else await take(on(app, 'b'))
      await stopped()
      expect(await take(on(app, 'b'))).toMatchObject({ runsOn: 'dedicated' })
    },
  )

  test('an app that was given up: the next generation waits as long from its end', async () => {
    const first = await tradingOn('a')
    await close(first)
    const second = on(await newApp(2, first.userId), 'b', 3_600_000)
    expect(await take(second)).toMatchObject({ runsOn: 'moving', userFlyAppId: second.id })
    await sql`update hangar.trader_placement set held_until = hangar.now() where user_id = ${first.userId}`.execute(
      t.db,
    )
    expect(await take(second)).toMatchObject({ runsOn: 'dedicated' })
  })
})

test('the first two calls of a next generation, at once: the one that waited finds what the other did', async () => {
  const former = await newApp()
  await take(former)
  await close(former)
  const next = await newApp(2, former.userId)
  const waited: Promise<unknown>[] = []
  const first = await t.db.transaction().execute(async (tx) => {
    await sql`select from hangar.trader_placement where user_id = ${next.userId} for update`.execute(tx)
    waited.push(take(next))
    await waitFor(() => someoneWaits(), { what: 'the second call to wait' })
    return takeTraders(tx, next, 'confirmed')
  })
  expect(first).toMatchObject({ runsOn: 'moving', userFlyAppId: next.id })
  expect(await Promise.all(waited)).toEqual([first])
})

describe('several shared backends', () => {
  const meet = async (...instances: string[]) => {
    for (const instance of instances) await meetSharedBackend(t.db, instance)
  }
  const forget = () =>
    sql`update hangar.shared_backends set last_seen_at = hangar.now() - interval '61 s'`.execute(t.db)
  const moving = async () => {
    const app = await newApp()
    const { move } = await take(app)
    return {
      app,
      confirm: (instance?: string) => confirmReleased(t.db, [{ userId: app.userId, move }], instance),
    }
  }
  afterEach(forget)

  test('each that is alive has to confirm, one that came during the move too', async () => {
    await meet('one', 'two')
    const { app, confirm } = await moving()
    expect(await confirm('one')).toBe(0)
    expect(await confirm('one')).toBe(0)
    await meet('three')
    expect(await confirm('three')).toBe(0)
    expect(await runsOn(app)).toBe('moving')
    expect(await confirm('two')).toBe(1)
    expect(await take(app)).toMatchObject({ runsOn: 'dedicated', move: 2 })
  })

  test('one that ended without a word is waited for no longer than a minute, one that said so not at all', async () => {
    await meet('gone', 'left', 'alive')
    const { app, confirm } = await moving()
    expect(await confirm('alive')).toBe(0)
    await partWithSharedBackend(t.db, 'left')
    expect(await take(app)).toMatchObject({ runsOn: 'moving' })
    await forget()
    await meet('alive')
    expect(await take(app)).toMatchObject({ runsOn: 'dedicated' })
  })

  test('where none is alive nobody is taken to have confirmed; who has no name speaks for all', async () => {
    const { app, confirm } = await moving()
    expect(await take(app)).toMatchObject({ runsOn: 'moving' })
    await meet('deaf')
    expect(await confirm()).toBe(1)
  })

  test('rows of long ago are used again', async () => {
    await meet('old')
    await sql`update hangar.shared_backends set last_seen_at = hangar.now() - interval '2 days'`.execute(t.db)
    await meet('new', 'new')
    const { rows } = await sql<{ instance: string }>`
      select instance from hangar.shared_backends where instance in ('old', 'new')`.execute(t.db)
    expect(rows.filter(({ instance }) => instance === 'new')).toHaveLength(1)
  })
})

describe('what the shared backend is told', () => {
  let cursor: string
  beforeAll(async () => {
    ;({ cursor } = await listPlacement(t.db))
  })
  const told = async (app: AppRow, after?: string) => {
    const { users } = await listPlacement(t.db, after)
    return users.find(({ userId }) => userId === app.userId)
  }

  /** Whatever is open elsewhere on the server has what was changed meanwhile named once more. */
  const quiet = (from: string) =>
    waitFor(
      async () => {
        const answer = await listPlacement(t.db, from)
        from = answer.cursor
        return answer.users.length === 0
      },
      { what: 'nothing new to be told' },
    )

  test('everybody who is not shared, or what changed', async () => {
    const app = await newApp()
    await take(app)
    expect(await told(app)).toEqual({ userId: app.userId, runsOn: 'moving', move: 1 })
    expect(await told(app, cursor)).toMatchObject({ runsOn: 'moving' })
    const seen = await listPlacement(t.db, cursor)
    expect(seen.complete).toBe(false)
    await quiet(seen.cursor)
    await returnTraders(t.db, app.id)
    expect(await told(app)).toBeUndefined()
    expect(await told(app, seen.cursor)).toEqual({ userId: app.userId, runsOn: 'shared', move: 2 })
  })

  test('a cursor that this database never gave, as after a restore: everything anew', async () => {
    const app = await newApp()
    await take(app)
    const [epoch, seen] = cursor.split('.')
    expect((await listPlacement(t.db, cursor)).complete).toBe(false)
    for (const foreign of [`${epoch}.999999999999999999`, `0123456789ab.${seen}`, '1']) {
      const answer = await listPlacement(t.db, foreign)
      expect(answer.complete).toBe(true)
      expect(answer.users.map(({ userId }) => userId)).toContain(app.userId)
    }
    expect((await listPlacement(t.db)).complete).toBe(true)
  })

  test('a change that commits late is not skipped, however many later ones were seen before it', async () => {
    const [late, early] = [await newApp(), await newApp()]
    const { taken, commit } = await takeSlowly(t.db, late)
    await taken
    await take(early)
    const between = await listPlacement(t.db, cursor)
    expect(between.users.map(({ userId }) => userId)).toContain(early.userId)
    expect(between.users.map(({ userId }) => userId)).not.toContain(late.userId)
    await commit()
    expect(await told(late, between.cursor)).toMatchObject({ runsOn: 'moving' })
  })
})

/** Takes the traders and keeps its transaction open until `commit`. */
async function takeSlowly(db: Database, app: AppRow) {
  let open: () => void = () => undefined
  const mayCommit = new Promise<void>((resolve) => (open = resolve))
  let done: () => void = () => undefined
  const taken = new Promise<void>((resolve) => (done = resolve))
  const finished = db.transaction().execute(async (tx) => {
    await takeTraders(tx, app, 'confirmed')
    done()
    await mayCommit
  })
  await taken
  return {
    taken,
    commit: () => {
      open()
      return finished
    },
  }
}

test('while a bootstrap holds the row, its teardown waits, and sees what came of it', async () => {
  const app = await newApp()
  let teardown: Promise<unknown> = Promise.resolve()
  await t.db.transaction().execute(async (tx) => {
    expect((await lockApp(tx, app.id))?.teardownStartedAt).toBeNull()
    teardown = t.db.transaction().execute((other) => updateApp(other, app.id, { teardownStartedAt: 'now' }))
    await waitFor(() => someoneWaits(), { what: 'the teardown to wait' })
    await takeTraders(tx, app, 'confirmed')
  })
  await teardown
  expect(await runsOn(app)).toBe('moving')
})

async function someoneWaits(): Promise<boolean> {
  const { rows } = await sql`
    select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(
    t.db,
  )
  return rows.length > 0
}
