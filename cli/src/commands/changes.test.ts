/** What is changed besides users' apps: alerts, orphans, brakes, sweeps. Each with a dry run that changes nothing. */
import { randomUUID } from 'node:crypto'
import {
  findOrphan,
  listAlerts,
  listAudit,
  listEngaged,
  nextGeneration,
  raiseAlert,
  releaseBrake,
} from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { runSql } from '@hangar/testkit/local'
import { describe, expect, test } from '@jest/globals'
import { createOrphan } from '../../../services/api/src/testing/orphans.ts'
import { useCli } from '../testing/cli.ts'

const cli = useCli()

async function alert(subject: string): Promise<string> {
  await raiseAlert(cli.api.db, { kind: 'stuck', subject, severity: 'warning', message: 'm' })
  return String((await listAlerts(cli.api.db, { limit: 1 }))[0]?.id)
}
const seenBy = async (id: string) =>
  (await listAlerts(cli.api.db, { limit: 50 })).find((one) => String(one.id) === id)?.acknowledgedBy

test('alerts ack', async () => {
  const ids = [await alert('a'), await alert('b')]
  const dry = await cli.hangar(['alerts', 'ack', ...ids, '--dry-run'])
  expect([dry.code, dry.stdout]).toEqual([0, 'Dry run, nothing was changed: 2 alerts acknowledged.\n'])
  expect(await seenBy(ids[0]!)).toBeNull()
  const some = await cli.hangar(['alerts', 'ack', ...ids, '999999'])
  expect([some.code, some.stderr]).toEqual([66, expect.stringContaining('There is no alert 999999.')])
  expect(await Promise.all(ids.map(seenBy))).toEqual(['service_role', 'service_role'])
  expect((await cli.hangar(['alerts', 'ack', 'soon'])).code).toBe(64)
})

test('orphans delete and adopt', async () => {
  await createOrphan(cli.api.db, 'vyx-user-dead0001')
  const remove = ['orphans', 'delete', 'vyx-user-dead0001', '--reason', 'billed for nothing']
  const asked = async () => (await findOrphan(cli.api.db, 'vyx-user-dead0001'))?.deleteRequestedBy
  expect((await cli.hangar([...remove, '--dry-run'])).stdout).toMatch(/^Dry run/)
  expect(await asked()).toBeNull()
  expect((await cli.hangar(remove)).stdout).toMatch(/is to be deleted by the next scan/)
  expect(await asked()).toBe('service_role')

  const { userId } = await createUser(cli.api.db, { tier: 'pro' })
  await createOrphan(cli.api.db, 'vyx-user-lost0001', { kind: 'unknown_name', userId })
  const dry = await cli.json('orphans', 'adopt', 'vyx-user-lost0001', '--reason', 'lost', '--dry-run')
  expect(dry).toMatchObject({ user_id: userId, dry_run: true, wanted_version: null })
  const none = await cli.hangar(['orphans', 'adopt', 'vyx-user-none0001', '--reason', 'lost'])
  expect(none.code).toBe(66)
  expect((await cli.hangar(['orphans', 'delete', 'vyx-user-dead0001'])).code).toBe(64)
})

describe.each([
  ['over the API', [], 'service_role'],
  ['on the database', ['--direct'], expect.stringMatching(/^direct:./)],
])('brakes %s', (_, how, actor) => {
  test('engage and release, each once', async () => {
    const engage = ['brakes', 'engage', '--reason', 'a move', ...how]
    const dry = await cli.hangar([...engage, '--dry-run'])
    expect(dry.stdout).toBe('Dry run, nothing was changed: operator is engaged.\n')
    expect(await listEngaged(cli.api.db)).toEqual([])
    expect((await cli.hangar(engage)).stdout).toBe('operator is engaged.\n')
    expect((await cli.hangar(engage)).stdout).toBe('operator is engaged, as it was.\n')
    expect(await listEngaged(cli.api.db)).toEqual(['operator'])
    const [audit] = await listAudit(cli.api.db, { limit: 1 })
    expect(audit).toMatchObject({ action: 'brake.engage', reason: 'a move', actor, after: { engaged: true } })
    const release = ['brakes', 'release', 'operator', '--reason', 'moved', ...how]
    expect((await cli.hangar(release)).stdout).toBe('operator is released.\n')
    expect(await releaseBrake(cli.api.db, 'operator')).toBe(false)
  })

  test('restored, by hand: no number of a life that may be lost is given out again', async () => {
    const next = () => cli.api.db.transaction().execute((tx) => nextGeneration(tx, randomUUID()))
    const engage = ['brakes', 'engage', 'restored', '--reason', 'a backup', ...how]
    await runSql(cli.api.databaseUrl, 'update hangar.brakes set generation_floor = 0')
    await cli.hangar([...engage, '--dry-run'])
    expect([await listEngaged(cli.api.db), await next()]).toEqual([[], 1])
    expect((await cli.hangar(engage)).stdout).toBe('restored is engaged.\n')
    expect(await listEngaged(cli.api.db)).toEqual(['restored'])
    expect(await next()).toBeGreaterThan(1_000)
    const release = ['brakes', 'release', 'restored', '--reason', 'looked through', ...how]
    expect((await cli.hangar(release)).stdout).toBe('restored is released.\n')
    expect((await cli.hangar(['brakes', 'engage', 'deletion_burst', '--reason', 'r', ...how])).code).toBe(64)
  })

  test('restored cannot be told to ignore what it sees', async () => {
    const args = ['brakes', 'release', 'restored', '--reason', 'r', '--ignore-minutes', '5', ...how]
    expect((await cli.hangar(args)).code).toBe(65)
  })
})

test('sweep', async () => {
  const waiting = () => cli.api.queues.sweep.getJobCountByTypes('waiting')
  expect((await cli.hangar(['sweep', 'orphans', '--dry-run'])).stdout).toMatch(/^Dry run/)
  const before = await waiting()
  expect((await cli.hangar(['sweep', 'stuck'])).stdout).toBe('A worker is to run the sweep stuck now.\n')
  expect(await waiting()).toBe(before + 1)
  expect((await cli.hangar(['sweep', 'chimney'])).code).toBe(64)
})

test('--idempotency-key: a line that is repeated under it is carried out once', async () => {
  const before = (await listAudit(cli.api.db, { limit: 50 })).length
  const line = ['sweep', 'cost', '--idempotency-key', 'the-same-line']
  const [first, again] = [await cli.hangar(line), await cli.hangar(line)]
  expect(again).toEqual(first)
  expect(await listAudit(cli.api.db, { limit: 50 })).toHaveLength(before + 1)
  const other = await cli.hangar(['sweep', 'stuck', '--idempotency-key', 'the-same-line'])
  expect([other.code, other.stderr]).toEqual([65, expect.stringContaining('was used for another request')])
})
