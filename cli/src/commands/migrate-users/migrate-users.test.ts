/** migrate-users over the API; what workers make of a migration is written here as they write it. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@hangar/core'
import { listAudit, listBulkItems, listBulks } from '@hangar/db'
import { createUser, testClock, waitFor } from '@hangar/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { useCli } from '../../testing/cli.ts'

const cli = useCli()
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hangar-cli-'))
})
afterAll(() => rm(folder, { recursive: true }))

const payers = (count: number) =>
  Promise.all(Array.from({ length: count }, () => createUser(cli.api.db, { tier: 'pro' })))
const newest = async () => (await listBulks(cli.api.db, { limit: 1 }))[0]

/** All who wait are asked and end so, as workers would have it. */
async function end(id: number, state: 'done' | 'failed'): Promise<void> {
  const at = systemClock.now()
  const ended = {
    state,
    code: state === 'done' ? 'active' : 'retries_used',
    detail: `it is ${state}`,
    askedAt: at,
    endedAt: at,
  }
  await cli.api.db
    .updateTable('hangar.bulkItems')
    .set(ended)
    .where('bulkId', '=', id)
    .where('state', '=', 'waiting')
    .execute()
  await cli.api.db
    .updateTable('hangar.bulks')
    .set({ state: 'done', endedAt: at })
    .where('id', '=', id)
    .execute()
}

/** No test leaves users in a migration. */
afterEach(async () => {
  for (const bulk of await listBulks(cli.api.db, { limit: 20 }))
    if (bulk.endedAt === null) await end(bulk.id, 'done')
})

describe('before anything is done', () => {
  test('--dry-run: who, which names, waves, cost and time; nothing is written', async () => {
    const [ada, bob] = await payers(2)
    const args = [
      'migrate-users',
      '--user',
      ada!.userId,
      bob!.email,
      '--wave-size',
      '1',
      '--wave-pause',
      '2m',
      '--dry-run',
    ]
    const { code, stdout } = await cli.hangar(args)
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`${ada!.email} +pro +\\d +vyx-user-\\w{8} +\\$6\\.00`))
    expect(stdout).toContain('2 of 2 users')
    expect(stdout).toContain('$12.00 a month')
    expect(stdout).toContain('2 of up to 1 user, 2 min 00 s between')
    expect(await cli.json(...args)).toMatchObject({ eligible: 2, waves: 2, wave_pause_seconds: 120 })
    expect(await listBulks(cli.api.db, { limit: 1 })).toEqual([])
  })

  test('without --yes somebody is asked, and where nobody sits nothing is done', async () => {
    const [ada] = await payers(1)
    const args = ['migrate-users', '--user', ada!.userId, '--detach']
    const nobody = await cli.hangar(args)
    expect([nobody.code, nobody.stderr]).toEqual([64, expect.stringContaining('Nobody can be asked here.')])
    const no = await cli.hangar(args, { columns: 120, input: '\n' })
    expect([no.code, no.stderr]).toEqual([
      1,
      expect.stringMatching(/Migrate 1 user\? \[y\/N\] .*Nothing was done\./s),
    ])
    expect(await listBulks(cli.api.db, { limit: 1 })).toEqual([])
    const end = await cli.hangar(args, { columns: 120, input: '' })
    expect([end.code, end.stderr]).toEqual([1, expect.stringContaining('Nothing was done.')])
    const yes = await cli.hangar(args, { columns: 120, input: 'y\n' })
    expect([yes.code, yes.stdout]).toEqual([
      0,
      expect.stringMatching(/^Follow it: hangar migrate-users --follow \d+\n$/),
    ])
    expect((await newest())?.counts).toMatchObject({ waiting: 1 })
  })

  test.each([
    [[], 'It takes one of --all'],
    [['--all', '--tier', 'pro'], 'It takes one of --all'],
    [['--all', '--resume', '1'], 'It takes one of --all'],
    [['--all', '--report', 'x.xlsx'], 'ends in .json or .csv'],
    [['--list', '--report', 'x.csv'], '--report goes with'],
    [['--pause', '1', '--report', 'x.csv'], '--report goes with'],
    [['--all', '--detach', '--report', 'x.csv'], '--report goes with'],
    [['--all', '--dry-run', '--report', 'x.csv'], '--report goes with'],
    [['--resume', '1', '--wave-size', '3'], '--wave-size is said when a migration begins'],
    [['--follow', '1', '--per-minute', '3', '--wave-pause', '1m'], '--wave-pause and --per-minute are said'],
    [['--resume', '1', '--direct'], '--direct goes with'],
    [
      ['--list', '--direct', '--yes', '--detach', '--dry-run'],
      '--yes, --detach and --dry-run: not with --list',
    ],
    [['--follow', '1', '--detach'], '--detach: not with --follow'],
    [['--follow', '1', '--reason', 'x'], '--reason: not with --follow'],
    [['--pause', '1', '--detach'], '--detach: not with --pause'],
    [['--list', '--idempotency-key', 'k'], '--idempotency-key: not with --list'],
    [['--all', '--stop-on-failure-share', '2'], 'part of one'],
    [['--all', '--wave-pause', 'soon'], 'as 90s, 5m or 1h'],
  ])('64 for %j', async (args, said) => {
    const { code, stderr } = await cli.hangar(['migrate-users', ...args])
    expect([code, stderr]).toEqual([64, expect.stringContaining(said)])
  })

  test('a report that could not be written is told of before anything is begun', async () => {
    const [ada] = await payers(1)
    const begun = async () => (await newest())?.id
    const before = await begun()
    const begin = ['migrate-users', '--user', ada!.userId, '--yes', '--report']
    const { code, stderr } = await cli.hangar([...begin, join(folder, 'none', 'x.csv')])
    expect([code, stderr]).toEqual([66, expect.stringContaining('x.csv cannot be written (ENOENT).')])
    const there = join(folder, 'folder.csv')
    await mkdir(there)
    expect((await cli.hangar([...begin, there])).code).toBe(66)
    const no = join(folder, 'no.csv')
    const declined = ['migrate-users', '--user', ada!.userId, '--report', no]
    expect((await cli.hangar(declined, { columns: 80, input: 'n\n' })).code).toBe(1)
    expect([await begun(), existsSync(no)]).toEqual([before, false])
  })

  test('where nobody is to be moved, the report says why of each', async () => {
    const { userId } = await createUser(cli.api.db, { tier: 'free', email: '=free@example.test' })
    const [csv, json] = [join(folder, 'nobody.csv'), join(folder, 'nobody.json')] as const
    const begin = ['migrate-users', '--user', userId, '--yes', '--report']
    const { code, stdout } = await cli.hangar([...begin, csv])
    expect([code, stdout]).toEqual([0, expect.stringContaining('0 of 1 user')])
    const [head, line] = (await readFile(csv, 'utf8')).split('\r\n')
    expect(head).toBe(
      'user_id,email,tier,wave,state,code,text,app_name,app_status,monthly_cost_usd,asked_at,at',
    )
    expect(line).toMatch(`${userId},'=free@example.test,free,,skipped,entitlement_conflict,`)
    await cli.hangar([...begin, json])
    expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({
      migration: null,
      items: [{ user_id: userId, state: 'skipped', code: 'entitlement_conflict' }],
    })
  })

  test('a list of users: comments, columns and doubles are passed over; whoever is not found is told of', async () => {
    const [ada, bob] = await payers(2)
    const file = join(folder, 'users.csv')
    await writeFile(file, `user_id,name\n${ada!.userId},Ada\n\n${bob!.email} # by mail\n${ada!.userId}\n`)
    expect(await cli.json('migrate-users', '--users-file', file, '--dry-run')).toMatchObject({
      total: 2,
      eligible: 2,
    })
    for (const heading of ['Email', 'user', 'id']) {
      await writeFile(file, `${heading},name\n${bob!.email},Bob\n`)
      expect(await cli.json('migrate-users', '--users-file', file, '--dry-run')).toMatchObject({ total: 1 })
    }
    const piped = await cli.hangar(['migrate-users', '--users-file', '-', '--dry-run', '--json'], {
      input: `${bob!.userId}\n`,
    })
    expect(JSON.parse(piped.stdout)).toMatchObject({ total: 1 })
    await writeFile(file, `${ada!.userId}\nnobody@example.test\nvyx-user-nobody1\n`)
    const missing = await cli.hangar(['migrate-users', '--users-file', file, '--dry-run'])
    expect([missing.code, missing.stderr]).toEqual([
      66,
      expect.stringContaining('2 of 3 users were not found.'),
    ])
    expect((await cli.hangar(['migrate-users', '--users-file', join(folder, 'none')])).code).toBe(66)
  })
})

describe('one that goes on', () => {
  test('is in the list, is not begun twice, and is paused, resumed and cancelled', async () => {
    const [ada] = await payers(1)
    const begin = ['migrate-users', '--user', ada!.userId, '--yes', '--detach', '--reason', 'the move']
    expect((await cli.hangar(begin)).code).toBe(0)
    const { id } = (await newest())!
    const again = await cli.hangar(begin)
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('Another migration goes on')])
    expect((await cli.hangar(['migrate-users', '--list'])).stdout).toMatch(
      new RegExp(`\\n +${id} +running .* the move`),
    )

    const state = async () => (await newest())?.state
    expect((await cli.hangar(['migrate-users', '--pause', String(id), '--dry-run'])).stdout).toMatch(
      /^Dry run/,
    )
    expect(await state()).toBe('running')
    expect((await cli.hangar(['migrate-users', '--pause', String(id)])).stdout).toMatch(
      /is paused: waiting 1\./,
    )
    const followed = await cli.hangar(['migrate-users', '--follow', String(id)])
    expect([followed.code, followed.stdout]).toEqual([1, expect.stringContaining(`--resume ${id}`)])
    expect((await cli.hangar(['migrate-users', '--resume', String(id), '--detach'])).code).toBe(0)
    expect(await state()).toBe('running')
    expect((await cli.hangar(['migrate-users', '--cancel', String(id)])).stdout).toMatch(/is cancelled/)
    expect((await cli.hangar(['migrate-users', '--resume', '999999'])).code).toBe(66)
  })
})

test('the same line again under one key: the first answer, and nothing is begun twice', async () => {
  const [ada] = await payers(1)
  const begin = ['migrate-users', '--user', ada!.userId, '--yes', '--detach', '--idempotency-key']
  const first = await cli.hangar([...begin, 'k-migrate'])
  const { id } = (await newest())!
  const again = await cli.hangar([...begin, 'k-migrate'])
  expect(again).toEqual({ ...first, stderr: expect.stringContaining(`Migration ${id} has begun.`) })
  // Under another it is another: there is nobody left for it.
  const other = await cli.hangar([...begin, 'k-other'])
  expect([other.code, other.stdout]).toEqual([0, expect.stringContaining('Another migration goes on')])
  expect((await newest())?.id).toBe(id)
})

test('--direct: in the list, paused and cancelled on the database itself, with an audit row', async () => {
  const [ada] = await payers(1)
  await cli.hangar(['migrate-users', '--user', ada!.userId, '--yes', '--detach', '--reason', 'the move'])
  const id = (await newest())!.id
  const say = (...args: string[]) =>
    cli.hangar(['migrate-users', ...args, '--direct'], { env: { HANGAR_API_URL: 'http://127.0.0.1:1' } })
  expect((await say('--list')).stdout).toMatch(new RegExp(`\\n +${id} +running +1/1 .* the move`))
  const pause = ['--pause', String(id), '--reason', 'the API is away']
  expect((await say(...pause, '--dry-run')).stdout).toMatch(/^Dry run, .* is paused: waiting 1\./)
  expect((await newest())?.state).toBe('running')
  expect((await say(...pause)).stdout).toMatch(/is paused: waiting 1\./)
  expect((await say(...pause)).stdout).toMatch(/is paused, as it was/)
  const [audit] = await listAudit(cli.api.db, { limit: 1 })
  expect(audit).toMatchObject({
    action: 'bulk.pause',
    actor: expect.stringMatching(/^direct:./),
    reason: 'the API is away',
    before: { bulkId: id, state: 'running' },
    after: { bulkId: id, state: 'paused' },
  })
  expect((await say('--cancel', String(id))).stdout).toMatch(/is cancelled: skipped 1\./)
  expect((await say('--pause', String(id))).code).toBe(1)
  expect((await say('--pause', '999999')).code).toBe(66)
})

describe('followed to the end', () => {
  test('where nobody has come to an end for a while, it says what those wait for who were asked', async () => {
    const [ada] = await payers(1)
    await cli.hangar(['migrate-users', '--user', ada!.userId, '--yes', '--detach'])
    const { id } = (await newest())!
    const asked = { state: 'asked', askedAt: systemClock.now(), wantedVersion: 1 } as const
    await cli.api.db
      .insertInto('hangar.userWork')
      .values({ userId: ada!.userId, parkedReason: 'no_room_in_iad' })
      .onConflict((same) => same.column('userId').doUpdateSet({ parkedReason: 'no_room_in_iad' }))
      .execute()
    await cli.api.db.updateTable('hangar.bulkItems').set(asked).where('bulkId', '=', id).execute()
    const clock = testClock(systemClock.now())
    let said = ''
    const running = cli.hangar(['migrate-users', '--follow', String(id)], {
      clock,
      onWrite: ({ stderr }) => (said = stderr),
    })
    await waitFor(
      async () => {
        await clock.advance(1_000)
        return said.includes('waits for: no_room_in_iad')
      },
      { what: 'it to say what it waits for' },
    )
    await cli.api.db
      .updateTable('hangar.bulkItems')
      .set({ state: 'done', endedAt: systemClock.now() })
      .where('bulkId', '=', id)
      .execute()
    await end(id, 'done')
    let ended = false
    void running.then(() => (ended = true))
    await waitFor(async () => (await clock.advance(1_000), ended), { what: 'it to end' })
    const { code, stderr } = await running
    expect([code, stderr.match(/waits for/g)?.length]).toEqual([0, 1])
  })

  test('progress on standard error, the result on standard output, and a report of each kind', async () => {
    const users = await payers(3)
    const report = join(folder, 'moved.csv')
    const args = [
      'migrate-users',
      '--user',
      ...users.map(({ userId }) => userId),
      '--yes',
      '--report',
      report,
    ]
    const running = cli.hangar(args, { columns: 100 })
    const bulk = await waitFor(async () => (await newest())?.endedAt === null && newest(), {
      what: 'it to begin',
    })
    const { id } = bulk as { id: number }
    await end(id, 'done')
    const { code, stdout, stderr } = await running
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(`^Migration ${id} is done since .*: 3 done, 0 failed`),
    ])
    expect(stderr).toContain(`[${'█'.repeat(24)}]  3/3`)
    const lines = (await readFile(report, 'utf8')).trim().split(/\r?\n/)
    expect(lines).toHaveLength(1 + users.length)

    const json = join(folder, 'moved.json')
    const later = await cli.hangar(['migrate-users', '--follow', String(id), '--report', json, '--json'])
    expect(JSON.parse(later.stdout)).toMatchObject({ migration: { id, state: 'done' }, failed: [] })
    expect(JSON.parse(await readFile(json, 'utf8'))).toMatchObject({ migration: { id }, items: [{}, {}, {}] })
  })

  test('where somebody failed it says who and why, and ends with 1', async () => {
    const [ada] = await payers(1)
    await cli.hangar(['migrate-users', '--user', ada!.userId, '--yes', '--detach'])
    const { id } = (await newest())!
    await end(id, 'failed')
    const { code, stdout } = await cli.hangar(['migrate-users', '--follow', String(id)])
    expect([code, stdout]).toEqual([1, expect.stringMatching(`${ada!.email} .*retries_used +it is failed`)])
  })

  test('interrupted: it goes on without us, and how to come back is said', async () => {
    const [ada] = await payers(1)
    const interrupt = new AbortController()
    let said = ''
    const running = cli.hangar(['migrate-users', '--user', ada!.userId, '--yes'], {
      signal: interrupt.signal,
      onWrite: ({ stderr }) => (said = stderr),
    })
    await waitFor(() => said.includes('has begun'), { what: 'it to begin' })
    interrupt.abort()
    const { code, stderr } = await running
    const { id, state } = (await newest())!
    expect([code, state]).toEqual([130, 'running'])
    expect((await listBulkItems(cli.api.db, id, { limit: 9 })).map((item) => item.userId)).toEqual([
      ada!.userId,
    ])
    expect(stderr).toContain('goes on')
  })
})
