import { findForcedAction, findWant, insertEvent, listAudit } from '@hangar/db'
import { createUser } from '@hangar/testkit'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { createAppRow } from '../../../../services/api/src/testing/harness.ts'
import { useCli } from '../../testing/cli.ts'

const cli = useCli()

type Line = { user_id: string; fly_app_name: string }
type List = { items: Line[]; next_cursor: string | null }

const TITLES = 'APP USER TIER STATUS HEALTH ATTENTION UPDATED REGION USD/MONTH'.split(' ')

describe('list', () => {
  const names: string[] = []

  beforeAll(async () => {
    for (const [email, status] of [
      ['ada@apps.test', 'active'],
      ['bob@apps.test', 'error'],
      ['eve\u001b[31m@apps.test', 'active'],
    ] as const) {
      const { userId } = await createUser(cli.api.db, { tier: 'pro', email })
      const app = await createAppRow(cli.api.db, userId, { status, monthlyCostEstimateUsd: '6.00' })
      names.push(app.flyAppName)
    }
  })

  test('for people: a table, and how many', async () => {
    const { code, stdout, stderr } = await cli.hangar(['apps', 'list', '-q', 'apps.test', '--sort', 'email'])
    expect([code, stderr]).toEqual([0, ''])
    const [head, ada, bob] = stdout.split('\n')
    expect(head?.split(/ {2,}/)).toEqual(TITLES)
    expect(ada).toMatch(
      new RegExp(`^${names[0]} +ada@apps\\.test +pro +active +unknown +- +\\S+ \\S+Z +iad +\\$6\\.00$`),
    )
    expect(bob).toContain('failing')
    expect(stdout).toMatch(/\n\n3 apps\.\n$/)
    // What others have written does not reach the terminal as orders to it.
    expect(stdout).not.toContain('\u001b')
  })

  test('on a terminal: no wider than it is, in colour unless NO_COLOR', async () => {
    const args = ['apps', 'list', '--q', 'ada@apps.test']
    for (const columns of [80, 100, 120]) {
      const { stdout } = await cli.hangar(args, { columns })
      const bare = stdout.replaceAll(/\u001b\[\d+m/g, '')
      expect(stdout).toContain('\u001b[32mactive')
      expect(bare).toContain('ATTENTION')
      expect(Math.max(...bare.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns)
    }
    const plain = await cli.hangar(args, { columns: 200, env: { NO_COLOR: '1' } })
    expect(plain.stdout).not.toContain('\u001b')
  })

  test('as JSON, page by page, and on the database itself the same', async () => {
    const one = await cli.json<List>('apps', 'list', '-q', 'apps.test', '--limit', '1')
    expect([one.items.length, one.next_cursor]).toEqual([1, expect.any(String)])
    const all = await cli.json<List>('apps', 'list', '-q', 'apps.test', '--all')
    const direct = await cli.json<List>('apps', 'list', '-q', 'apps.test', '--all', '--direct')
    const ids = (list: List) => list.items.map((app) => app.fly_app_name)
    expect(ids(all).sort()).toEqual([...names].sort())
    expect([ids(direct), direct.next_cursor]).toEqual([ids(all), null])
    for (const app of direct.items) expect(all.items).toContainEqual(expect.objectContaining(app))
    const failing = await cli.json<List>('apps', 'list', '--attention', 'failing', '--direct')
    expect(ids(failing)).toEqual([names[1]])
  })

  test('a filter that there is not', async () => {
    const { code, stderr } = await cli.hangar(['apps', 'list', '--status', 'asleep'])
    expect([code, stderr]).toEqual([64, expect.stringContaining('It takes provisioning, active')])
  })
})

describe('show', () => {
  test.each([[[]], [['--direct']]])('a user by id, mail address and app: %j', async (how) => {
    const { userId, email } = await createUser(cli.api.db, { tier: 'pro' })
    const app = await createAppRow(cli.api.db, userId)
    await insertEvent(cli.api.db, {
      userFlyAppId: app.id,
      userId,
      eventType: 'provision_completed',
      status: 'success',
      message: 'it is up',
      actor: 'a test',
    })
    for (const name of [userId, email.toUpperCase(), app.flyAppName]) {
      const view = await cli.json('apps', 'show', name, ...how)
      expect(view).toMatchObject({
        user_id: userId,
        entitlement: { kind: 'entitled' },
        app: { fly_app_name: app.flyAppName, status: 'active' },
        events: [{ event_type: 'provision_completed', message: 'it is up' }],
      })
    }
    const { stdout } = await cli.hangar(['apps', 'show', userId, ...how])
    expect(stdout).toMatch(/^user +/)
    expect(stdout).toContain('it is up')
  })

  test.each([[[]], [['--direct']]])('nobody: %j', async (how) => {
    for (const name of ['nobody@example.test', 'vyx-user-nobody1', '00000000-0000-4000-8000-000000000001']) {
      const { code, stderr } = await cli.hangar(['apps', 'show', name, ...how])
      expect([code, stderr]).toEqual([66, expect.stringContaining('There is no')])
    }
  })
})

describe.each([
  ['over the API', [], 'service_role'],
  ['on the database', ['--direct'], expect.stringMatching(/^direct:./)],
])('acts %s', (_, how, actor) => {
  const act = (...args: string[]) =>
    cli.json<{ effect: string; wanted_version: number | null }>('apps', ...args, ...how)

  test('provision and retry: nothing with --dry-run, then wanted, with an audit row', async () => {
    const { userId } = await createUser(cli.api.db, { tier: 'pro' })
    for (const verb of ['provision', 'retry']) {
      const before = (await findWant(cli.api.db, userId))?.wantedVersion
      const dry = await act(verb, userId, '--dry-run')
      expect(dry).toMatchObject({ user_id: userId, effect: 'work', dry_run: true, wanted_version: null })
      expect((await findWant(cli.api.db, userId))?.wantedVersion).toBe(before)
      const done = await act(verb, userId, '--reason', 'by hand')
      expect(done.wanted_version).toBe((before ?? 0) + 1)
      const [audit] = await listAudit(cli.api.db, { userId, limit: 1 })
      expect(audit).toMatchObject({ action: `app.${verb}`, actor, reason: 'by hand' })
    }
  })

  test('against the subscription only with --force and --reason', async () => {
    const { userId } = await createUser(cli.api.db, { tier: 'pro' })
    await createAppRow(cli.api.db, userId)
    const refused = await cli.hangar(['apps', 'deprovision', userId, ...how])
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringContaining('subscription says otherwise'),
    ])
    const unsaid = await cli.hangar(['apps', 'deprovision', userId, '--force', ...how])
    expect([unsaid.code, unsaid.stderr]).toEqual([65, expect.stringMatching(/reason/)])
    const forced = await act('deprovision', userId, '--force', '--reason', 'asked for')
    expect(forced).toMatchObject({ effect: 'override' })
  })

  test('force: an action on this one generation', async () => {
    const { userId } = await createUser(cli.api.db, { tier: 'pro' })
    const app = await createAppRow(cli.api.db, userId)
    const pointless = await cli.hangar(['apps', 'force', userId, 'skip_drain', '--reason', 'r', ...how])
    expect([pointless.code, pointless.stderr]).toEqual([1, expect.stringContaining('the app is not ending')])
    await act('force', app.flyAppName, 'recreate', '--reason', 'it hangs', '--dry-run')
    expect(await findForcedAction(cli.api.db, app.id)).toBeNull()
    const { stdout } = await cli.hangar(['apps', 'force', userId, 'recreate', '--reason', 'it hangs', ...how])
    expect(stdout).toContain('A worker is to do it.')
    expect(await findForcedAction(cli.api.db, app.id)).toMatchObject({
      action: 'recreate',
      reason: 'it hangs',
      actor,
    })
  })

  test('whose rules it goes by is said where they are read here', async () => {
    const { userId } = await createUser(cli.api.db, { tier: 'pro' })
    const env = { PAID_TIERS: 'pro', GUEST_PRO: 'performance:1:2048' }
    const { stdout, stderr } = await cli.hangar(['apps', 'provision', userId, '--json', ...how], { env })
    expect(JSON.parse(stdout)).toMatchObject({ effect: 'work' })
    if (how.length === 0) expect(stderr).toBe('')
    else
      expect(stderr).toMatch(
        /PAID_TIERS=pro PAYING_STATUSES=\S+ ENDED_STATUSES=\S+ GUEST_PRO=performance:1:2048 GUEST_ELITE=\S+/,
      )
  })

  test('of nobody', async () => {
    const nobody = '00000000-0000-4000-8000-000000000001'
    const { code, stderr } = await cli.hangar(['apps', 'retry', nobody, ...how])
    expect([code, stderr]).toEqual([66, expect.stringContaining('There is no')])
  })
})
