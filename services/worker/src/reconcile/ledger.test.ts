/** What the ledger says of an app's whole life, on each path that the engine takes. Nothing is paid for twice or missed. */
import { findLiveApp, recordBootstrap, recordHeartbeat, type AppRow } from '@hangar/db'
import { createUser, runSql, setTier } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { useEngine } from '../testing/engine.ts'
import { queryRows } from '../testing/rows.ts'

const engine = useEngine()

type Interval = {
  state: string
  tier: string
  memory_mb: number
  usd_per_second: string
  open: boolean
  follows: boolean
}

/** In order; `follows`: begins at the very moment at which the one before it ends. */
function ledger(appId: string): Promise<Interval[]> {
  return queryRows<Interval>(
    engine.database.url,
    `select state, tier, memory_mb, usd_per_second, ended_at is null as open,
       coalesce(started_at = lag(ended_at) over (order by id), true) as follows
     from hangar.cost_intervals where user_fly_app_id = '${appId}' order by id`,
  )
}

const inWords = (intervals: Interval[]) =>
  intervals.map(({ state, memory_mb, open }) => `${state} ${memory_mb}${open ? ' now' : ''}`)

/** Asked what to run, so that there is something to drain. */
async function beat(row: AppRow): Promise<void> {
  if (row.flyMachineId === null) return
  await recordBootstrap(engine.database.db, row.id, row.flyMachineId)
  await recordHeartbeat(engine.database.db, row.id, { machineId: row.flyMachineId, runningTraderIds: [] })
}

async function active(tier = 'pro') {
  const { userId } = await createUser(engine.database.db, { tier })
  await engine.drive(userId)
  return { userId, row: await engine.live(userId) }
}

test('from its making through another size to its end, without a gap', async () => {
  const { userId, row } = await active()
  expect(inWords(await ledger(row.id))).toEqual(['stored 512', 'running 512 now'])
  await setTier(engine.database.db, userId, 'elite')
  await engine.drive(userId, { app: beat })
  const resized = await ledger(row.id)
  expect(inWords(resized)).toEqual([
    'stored 512',
    'running 512',
    'stored 512',
    'stored 1024',
    'running 1024 now',
  ])
  expect(resized.map(({ usd_per_second }) => usd_per_second)).toEqual([
    // 0.15, 6.00, 0.15, 0.15 and 7.00 USD by 2,592,000 s.
    '0.000000057870',
    '0.000002314815',
    '0.000000057870',
    '0.000000057870',
    '0.000002700617',
  ])
  expect(resized.map(({ tier }) => tier)).toEqual(['pro', 'pro', 'pro', 'elite', 'elite'])
  await setTier(engine.database.db, userId, 'free')
  await engine.drive(userId, { app: beat })
  const ended = await ledger(row.id)
  expect(inWords(ended).slice(4)).toEqual(['running 1024', 'stored 1024'])
  expect(ended.every(({ follows }) => follows)).toBe(true)
  const [sum] = await queryRows<{ same: boolean }>(
    engine.database.url,
    `select app.final_cost_usd = round(sum(part.usd_per_second * extract(epoch from part.ended_at - part.started_at)), 6) as same
     from public.user_fly_apps app join hangar.cost_intervals part on part.user_fly_app_id = app.id
     where app.id = '${row.id}' group by app.id`,
  )
  expect(sum).toEqual({ same: true })
})

test('a machine that was deleted by hand costs nothing until the next one is there', async () => {
  const { userId, row } = await active()
  await engine.deps.fly.machines.delete(row.flyAppName, row.flyMachineId!, { force: true })
  await runSql(
    engine.database.url,
    `update hangar.user_wants set wanted_version = wanted_version + 1 where user_id = '${userId}'`,
  )
  await engine.drive(userId)
  const intervals = await ledger(row.id)
  expect(inWords(intervals)).toEqual(['stored 512', 'running 512', 'stored 512', 'running 512 now'])
  expect(intervals.map(({ follows }) => follows)).toEqual([true, true, false, true])
})

test('an app that vanished from Fly costs nothing any more, and its final cost is written', async () => {
  const { userId, row } = await active()
  await engine.deps.fly.apps.delete(row.flyAppName, { force: true })
  await runSql(
    engine.database.url,
    `update hangar.user_wants set wanted_version = wanted_version + 1 where user_id = '${userId}'`,
  )
  await engine.drive(userId)
  expect(inWords(await ledger(row.id))).toEqual(['stored 512', 'running 512'])
  const [first, second] = (await engine.generations(userId)).toSorted((a, b) => a.generation - b.generation)
  expect(first).toMatchObject({
    id: row.id,
    status: 'deleted',
    finalCostUsd: expect.stringMatching(/^\d+\.\d{6}$/),
  })
  expect(inWords(await ledger(second!.id))).toEqual(['stored 512', 'running 512 now'])
})

test('a machine that has drained and stopped by itself costs its storage while Fly is slow to delete it', async () => {
  const { userId, row } = await active()
  const fault = engine.sim.sim.faults.add({
    kind: 'internal',
    match: { operation: 'machines.delete' },
    count: 1_000,
  })
  await setTier(engine.database.db, userId, 'free')
  // Without a drain address it is told by SIGTERM, so the machine stops before any step of ours stops it.
  expect((await engine.drive(userId, { app: beat })).kind).toBe('never')
  expect(inWords(await ledger(row.id))).toEqual(['stored 512', 'running 512', 'stored 512 now'])
  engine.sim.sim.faults.remove(fault.id)
  expect(await findLiveApp(engine.database.db, userId)).toMatchObject({ status: 'error' })
})
