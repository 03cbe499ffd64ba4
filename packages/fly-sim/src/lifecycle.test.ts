import { expect, test } from '@jest/globals'
import { MACHINE_STATES } from './world/types.ts'
import { useSim } from './testing/harness.ts'
import { until } from './testing/until.ts'

// Every step takes a second of virtual time, so that each state can be seen.
const SECOND = {
  creatingMs: 1_000,
  createMs: 1_000,
  startMs: 1_000,
  stopMs: 1_000,
  suspendMs: 1_000,
  updateMs: 1_000,
  destroyMs: 1_000,
}
const sim = useSim({
  clock: 'virtual',
  delays: { ...SECOND, restartBackoffMs: 1_000, destroyedKeptMs: 3_600_000 },
})
const seenInAll = new Set<string>()
let next = 0

/** A machine, and what states it goes through. */
async function watched(config: Record<string, unknown> = {}) {
  const app = await sim.app(`life-${next++}`)
  const { id, state, instance_id } = await sim.machine(app, config)
  const states = [state]
  const inside = sim.running.sim.world.machines.get(id)!
  sim.running.sim.lifecycle.watchers.watch(inside, () => {
    if (states.at(-1) !== inside.state) states.push(inside.state)
    seenInAll.add(inside.state)
  })
  for (const first of states) seenInAll.add(first)
  /** Does something, lets time pass, and tells the states from then on. */
  const after = async (method: string, rest: string, body?: unknown) => {
    states.length = 0
    if (method !== '') await sim.must(method, `/v1/apps/${app}/machines/${id}${rest}`, body)
    await sim.admin('POST', 'clock', { advanceMs: 60_000 })
    return [...states]
  }
  return { app, id, instance_id, after, states }
}

test('a life of a machine, state by state', async () => {
  const { after, states, app, id, instance_id } = await watched()
  expect(states).toEqual(['creating'])
  expect(await after('', '')).toEqual(['created', 'starting', 'started'])
  expect(await after('POST', '/stop', {})).toEqual(['stopping', 'stopped'])
  expect(await after('POST', '/start')).toEqual(['starting', 'started'])
  expect(await after('POST', '/suspend')).toEqual(['suspending', 'suspended'])
  expect(await after('POST', '/start')).toEqual(['starting', 'started'])
  expect(await after('POST', '/restart')).toEqual(['restarting', 'started'])
  expect(await after('POST', '', { config: { image: 'x' } })).toEqual([
    'updating',
    'replacing',
    'starting',
    'started',
  ])
  const old = sim.call('GET', `/v1/apps/${app}/machines/${id}/wait?version=${instance_id}&timeout=1`)
  await until('the wait to arrive', async () => {
    const { calls } = await sim.admin<{ calls: { outcome: string }[] }>(
      'GET',
      'calls?operation=machines.wait',
    )
    return calls.some(({ outcome }) => outcome === 'open')
  })
  await sim.admin('POST', `machines/${id}`, { exitCode: 1 })
  expect(await after('', '')).toEqual(['started'])
  expect((await old).text).toContain('currently replaced')
  expect(await after('DELETE', '?force=true')).toEqual(['destroying', 'destroyed'])
})

test('a machine that fails to launch, one that fails to start, one whose program crashes', async () => {
  await sim.fault({ kind: 'launch_failed', count: 1 })
  expect(await (await watched()).after('', '')).toEqual(['created', 'launch_failed', 'destroyed'])
  await sim.fault({ kind: 'start_failed', count: 1 })
  expect(await (await watched()).after('', '')).toEqual(['created', 'starting', 'failed'])
  await sim.fault({ kind: 'exit_early', count: 1 })
  expect(await (await watched()).after('', '')).toEqual([
    'created',
    'starting',
    'started',
    'restarting',
    'started',
  ])
  await sim.admin('DELETE', 'faults')
})

test('a newer request overtakes an older one: delete while starting, stop while starting', async () => {
  const deleted = await watched()
  await sim.admin('POST', 'clock', { advanceMs: 2_500 })
  expect(await deleted.after('DELETE', '?force=true')).toEqual(['destroying', 'destroyed'])
  const stopped = await watched()
  await sim.admin('POST', 'clock', { advanceMs: 2_500 })
  expect(await stopped.after('POST', '/stop', {})).toEqual(['stopping', 'stopped'])
})

test('a program that keeps crashing is started again after ever longer pauses', async () => {
  await sim.fault({ kind: 'exit_early', params: { afterMs: 0 } })
  const { app, id, after } = await watched({ restart: { policy: 'always' } })
  await after('', '')
  const exits = ((await sim.get(app, id)).events ?? [])
    .filter((event) => event.type === 'exit')
    .map((event) => event.timestamp)
  const pauses = exits.slice(0, -1).map((at, i) => at - (exits[i + 1] ?? 0))
  expect(pauses.reverse()).toEqual([1_000, 2_000, 4_000, 8_000, 16_000])
  await sim.admin('DELETE', 'faults')
})

test('all states but replaced (of a version) and migrated (by hand) were seen', () => {
  expect(MACHINE_STATES.filter((state) => !seenInAll.has(state)).sort()).toEqual(['migrated', 'replaced'])
})
