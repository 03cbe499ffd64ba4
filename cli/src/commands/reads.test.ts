/** What is only looked at: events, costs, orphans, alerts, brakes, version, each for people and as JSON. */
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { tmpdir } from 'node:os'
import { engageBrake, insertEvent, raiseAlert, readMigrations } from '@hangar/db'
import { createUser, waitFor } from '@hangar/testkit'
import { beforeAll, expect, test } from '@jest/globals'
import { createAppRow } from '../../../services/api/src/testing/harness.ts'
import { createOrphan } from '../../../services/api/src/testing/orphans.ts'
import { useCli } from '../testing/cli.ts'

const cli = useCli()
let userId: string
let email: string

async function happen(eventType: string, status: 'success' | 'failed'): Promise<number> {
  const event = {
    userFlyAppId: null,
    userId,
    eventType,
    status,
    message: `${eventType} it was`,
    actor: 'a test',
  }
  return (await insertEvent(cli.api.db, event)).id
}

async function happenOften(times: number): Promise<number[]> {
  const event = { userId, eventType: 'repair_completed', status: 'success', actor: 'a test' } as const
  const rows = await cli.api.db
    .insertInto('userFlyAppEvents')
    .values(Array.from({ length: times }, () => event))
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

beforeAll(async () => {
  const user = await createUser(cli.api.db, { tier: 'pro' })
  userId = user.userId
  email = user.email
  await createAppRow(cli.api.db, userId)
  await happen('provision_completed', 'success')
  await happen('repair_failed', 'failed')
  await raiseAlert(cli.api.db, { kind: 'outbox_lag', subject: '', severity: 'warning', message: 'it lags' })
  await createOrphan(cli.api.db, 'vyx-user-dead0001')
  await engageBrake(cli.api.db, 'operator', { by: 'ada', reason: 'lunch' })
})

type Items = { items: Record<string, unknown>[] }

test.each([[[]], [['--direct']]])('events: the newest last, filtered: %j', async (how) => {
  const all = await cli.json<Items>('events', '--user', email, ...how)
  expect(all.items.map((event) => event['event_type'])).toEqual(['provision_completed', 'repair_failed'])
  const failed = await cli.hangar(['events', '--status', 'failed', ...how])
  expect(failed.stdout).toMatch(
    /^WHEN +USER +EVENT +STATUS +MESSAGE\n\S+ \S+Z +\S+ +repair_failed +failed +repair_failed it was\n$/,
  )
  const page = await cli.json<Items>('events', '--limit', '1', '--since', '2026-01-01T00:00:00Z', ...how)
  expect(page).toEqual({ items: [all.items[1]], next_cursor: expect.any(String) })
  for (const filter of ['--type=app_missing', '--since=2099-01-01T00:00:00Z'])
    expect((await cli.hangar(['events', filter, ...how])).stdout).toBe('Nothing happened.\n')
  for (const wrong of ['--status=well', '--since=soon'])
    expect((await cli.hangar(['events', wrong, ...how])).code).toBe(65)
})

test.each([[[]], [['--direct']]])('events --follow: what was, then all that happens: %j', async (how) => {
  const interrupt = new AbortController()
  let shown = ''
  const running = cli.hangar(['events', '--follow', '--limit', '1', '--json', ...how], {
    signal: interrupt.signal,
    onWrite: ({ stdout }) => (shown = stdout),
  })
  await waitFor(() => shown !== '', { what: 'the event that was' })
  // More than a page of them, between one look and the next.
  const made = await happenOften(450)
  await waitFor(() => shown.trim().split('\n').length === 451, { what: 'the events that happened' })
  interrupt.abort()
  const { code, stdout } = await running
  const ids = stdout
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: number }).id)
  expect(code).toBe(130)
  expect(ids.slice(1)).toEqual(made)
})

test.each([
  ['costs', ['month', 'so far', 'forecast', 'machines'], 'month_usd'],
  ['costs users', ['USER', 'FORECAST', 'LEFT'], 'items'],
  ['costs tiers', ['TIER', 'REVENUE', 'all'], 'tiers'],
  ['orphans', ['vyx-user-dead0001', '1 app found now'], 'total'],
  ['alerts', ['outbox_lag', 'the fleet', 'it lags'], 'items'],
  ['brakes', ['operator', 'lunch', 'deletion_burst'], 'items'],
  ['brakes --direct', ['operator', 'lunch', 'deletion_burst'], 'items'],
])('%s', async (line, words, field) => {
  const args = line.split(' ')
  const { code, stdout, stderr } = await cli.hangar(args)
  expect([code, stderr]).toEqual([0, ''])
  for (const word of words) expect(stdout).toContain(word)
  expect(await cli.json(...args)).toHaveProperty(field)
})

test('costs export: CSV, to standard output or into a file', async () => {
  const { stdout } = await cli.hangar(['costs', 'export'])
  expect(stdout).toMatch(/^[\w,]*user_id/)
  const file = join(tmpdir(), `hangar-cli-${userId}.csv`)
  const saved = await cli.hangar(['costs', 'export', '--output', file])
  expect(saved).toEqual({ code: 0, stdout: '', stderr: `Wrote ${file}.\n` })
  const columns = (text: string) => text.slice(0, text.indexOf('\n'))
  expect(columns(await readFile(file, 'utf8'))).toBe(columns(stdout))
  await rm(file)
  const nowhere = await cli.hangar(['costs', 'export', '--output', '/nonexistent/x.csv'])
  expect(nowhere).toEqual({
    code: 66,
    stdout: '',
    stderr: 'hangar: /nonexistent/x.csv cannot be written (ENOENT).\n',
  })
})

test.each([[[]], [['--direct']]])('version: %j', async (how) => {
  const last = (await readMigrations()).at(-1)?.name ?? ''
  const found = await cli.json('version', ...how)
  expect(found).toMatchObject({ cli: '0.1.0', schema: { applied: last, expected: last } })
  expect((await cli.hangar(['version', ...how])).stdout).toContain(`${last}, as expected`)
})
