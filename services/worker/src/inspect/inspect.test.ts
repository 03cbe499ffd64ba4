/** A dry run tells what the engine would do, and neither writes a row nor changes anything on Fly. */
import { randomUUID } from 'node:crypto'
import { engageBrake, findInspection, insertInspection, type Question, releaseBrake } from '@hangar/db'
import { createUser, setTier } from '@hangar/testkit'
import { afterEach, describe, expect, test } from '@jest/globals'
import { reconcileUser } from '../reconcile/job.ts'
import { useAppAddress } from '../testing/address.ts'
import { useEngine } from '../testing/engine.ts'
import { queryRows } from '../testing/rows.ts'
import { answerRequest } from './job.ts'

const engine = useEngine()
const address = useAppAddress()
const db = () => engine.database.db
const signal = () => new AbortController().signal

/** A worker that waits for its apps to drain, and gives them long. */
const patient = () =>
  engine.other('worker-a', {
    drainUrlTemplate: address.template,
    drainGraceMs: 60_000,
  })

type Answer = {
  error?: string
  entitlement: { kind: string }
  row: { status: string } | null
  fly: { kind: string; machines: { state: string }[] }
  drift: { field: string; policy: string }[] | null
  brakes: string[]
  plan: { kind: string; reason: string; steps: { step: string; text: string }[]; ends_with: string }
  next: { when: string; failed_attempts: number }
}

async function inspect(userId: string, question: Question = {}): Promise<Answer> {
  const id = randomUUID()
  await insertInspection(db(), { id, userId, question, requestedBy: 'test' })
  expect(await answerRequest(patient(), id, signal())).toEqual({ kind: 'done' })
  const answered = await findInspection(db(), id)
  expect(answered?.doneAt).toBeInstanceOf(Date)
  return answered?.result as Answer
}

/** Every row of every table but the one that holds the questions. */
async function everyRow(): Promise<Record<string, unknown[]>> {
  const { url } = engine.database
  const tables = await queryRows<{ name: string }>(
    url,
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') and tablename <> 'inspections'`,
  )
  const all: Record<string, unknown[]> = {}
  for (const { name } of tables)
    all[name] = await queryRows(url, `select to_jsonb(one) as row from ${name} one order by 1`)
  expect(Object.keys(all)).toContain('public.user_fly_apps')
  return all
}

const steps = (answer: Answer) => answer.plan.steps.map(({ step }) => step).join(' ')

afterEach(async () => {
  engine.sim.sim.faults.clear()
  await releaseBrake(db(), 'operator')
})

const UP = 'create_app set_secrets create_machine await_started await_healthy activate'
const DOWN = 'begin_teardown ask_to_drain wait end_drain stop_machine delete_machine delete_app close'
const OFF: Question = { override: { desired: 'off', guest: null } }

async function started(): Promise<string> {
  const { userId } = await createUser(db(), { tier: 'pro' })
  await engine.drive(userId)
  return userId
}

describe('what would be done', () => {
  const half = async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    await reconcileUser(engine.deps, userId, signal())
    return userId
  }
  const ending = async () => {
    const userId = await started()
    await setTier(db(), userId, 'free')
    await reconcileUser(patient(), userId, signal())
    return userId
  }
  const cases: [string, () => Promise<string>, Question, string][] = [
    ['a new user', async () => (await createUser(db(), { tier: 'pro' })).userId, {}, `reserve ${UP}`],
    ['half made', half, {}, 'await_started await_healthy activate'],
    ['at rest', started, {}, ''],
    ['at rest, were it switched off', started, OFF, DOWN],
    ['at rest, were it made anew', started, { forced: 'recreate' }, `${DOWN} reserve ${UP}`],
    ['draining', ending, {}, 'wait end_drain stop_machine delete_machine delete_app close'],
    [
      'draining, without the drain',
      ending,
      { forced: 'skip_drain' },
      'end_drain stop_machine delete_machine delete_app close',
    ],
    ['draining, abandoned', ending, { forced: 'abandon' }, 'abandon'],
    [
      'free, were it switched on',
      async () => (await createUser(db(), { tier: 'free' })).userId,
      { override: { desired: 'on', guest: null } },
      `reserve ${UP}`,
    ],
  ]
  test.each(cases)('%s; and nothing is written or changed', async (_what, prepare, question, expected) => {
    const userId = await prepare()
    const { calls } = engine.sim.sim
    const before = await everyRow()
    const lastSeq = calls.lastSeq
    const answer = await inspect(userId, question)
    expect(answer.error).toBeUndefined()
    expect(steps(answer)).toBe(expected)
    expect(await everyRow()).toEqual(before)
    expect(calls.list({ after: lastSeq }).filter(({ method }) => method !== 'GET')).toEqual([])
  })

  test('what it foresaw is what is then done', async () => {
    const { userId } = await createUser(db(), { tier: 'pro' })
    const told = steps(await inspect(userId)).split(' ')
    await engine.drive(userId)
    const [row] = await engine.generations(userId)
    const done = engine.sim.sim.calls
      .list({ app: row!.flyAppName })
      .filter(({ method }) => method !== 'GET')
      .map(({ operation }) => operation)
    expect(done).toEqual(['apps.create', 'secrets.set', 'machines.create'])
    expect(told.filter((step) => /^(create|set)_/.test(step))).toHaveLength(done.length)
  })

  test('drift, with what is done about it', async () => {
    const userId = await started()
    const { flyAppName, flyMachineId } = await engine.live(userId)
    const { machines } = engine.deps.fly
    const { config } = await machines.get(flyAppName, flyMachineId!)
    const guest = { ...config!.guest, memory_mb: 2_048 }
    const changed = { ...config!, guest, image: 'registry.example/screener:2' }
    await machines.update(flyAppName, flyMachineId!, { config: changed })
    await machines.wait(flyAppName, flyMachineId!, { states: ['started'], timeoutMs: 5_000 })
    const answer = await inspect(userId)
    expect(answer.drift).toMatchObject([
      { field: 'guest', policy: 'correct' },
      { field: 'image', policy: 'report' },
      // This worker gives apps longer to drain than the one that made the machine.
      { field: 'env.HANGAR_DRAIN_GRACE_MS', policy: 'report' },
      { field: 'stop_config', policy: 'report' },
    ])
    expect(steps(answer)).toMatch(/^begin_resize adopt_machine ask_to_drain wait/)
  })

  test('a brake is said, and what it holds', async () => {
    const userId = await started()
    await engageBrake(db(), 'operator', { by: 'test', reason: 'let me look' })
    const answer = await inspect(userId, OFF)
    expect(answer).toMatchObject({ brakes: ['operator'], plan: { kind: 'wait' } })
    expect(answer.plan.reason).toContain('operator')
  })

  test('when: at rest, due now, and after a pause', async () => {
    const userId = await started()
    expect((await inspect(userId)).next.when).toMatch(/^nothing is wanted/)
    await setTier(db(), userId, 'elite')
    expect((await inspect(userId)).next.when).toBe('now')
    engine.sim.sim.faults.add({ kind: 'internal', match: { operation: 'machines.list' } })
    await reconcileUser(engine.other('worker-b', { retryBaseMs: 60_000 }), userId, signal())
    engine.sim.sim.faults.clear()
    const { next } = await inspect(userId)
    expect(next.failed_attempts).toBe(1)
    expect(Date.parse(next.when)).toBeGreaterThan((await engine.live(userId)).updatedAt.getTime())
  })
})

describe('an answer that cannot be given', () => {
  test('Fly does not let itself be asked: the reason, and no plan', async () => {
    const userId = await started()
    engine.sim.sim.faults.add({ kind: 'unauthorized', match: { operation: 'machines.list' } })
    engine.sim.sim.faults.add({ kind: 'unauthorized', match: { operation: 'apps.get' } })
    expect(Object.keys(await inspect(userId))).toEqual(['error'])
  })

  test('a question that was forgotten, or is answered already, is left', async () => {
    expect(await answerRequest(engine.deps, randomUUID(), signal())).toEqual({ kind: 'done' })
  })
})
