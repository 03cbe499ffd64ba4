/** Users who paid before Hangar came, moved from the page: looked at by name, in waves, held and gone on with. */
import { findWant, findWork } from '@hangar/db'
import { waitFor } from '@hangar/testkit/local'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { createDemoUser, type DemoUser } from '../demo/user.ts'
import { DEMO_ADMINS } from '../stack/settings.ts'
import { useSite, whyNoBrowser } from './site.ts'
import type { Visitor } from './visitor.ts'

/** An app comes up in a second or two; a busy machine takes its time. */
const PATIENCE_MS = 60_000
const TEST_MS = 240_000

const suite = whyNoBrowser === null ? describe : describe.skip

suite(`migrations on the page${whyNoBrowser === null ? '' : ` (${whyNoBrowser})`}`, () => {
  const site = useSite()
  const visitors: Visitor[] = []
  const users: DemoUser[] = []

  beforeAll(async () => {
    for (let n = 1; n <= 4; n++) {
      const user = await createDemoUser(site.stack, site.db, `user-${n}@before.test`)
      await waitFor(() => isAtRest(user), { what: 'the free user to be looked at', timeoutMs: PATIENCE_MS })
      // As it was before there was a trigger: no want, no word to anybody.
      await user.runSql(`set session_replication_role = replica; ${user.tierChange('pro')}`)
      for (const table of ['user_wants', 'user_work'])
        await user.runSql(`delete from hangar.${table} where user_id = '${user.userId}'`)
      users.push(user)
    }
  }, TEST_MS)
  afterEach(async () => {
    for (const visitor of visitors.splice(0)) await visitor.close()
  })

  async function isAtRest({ userId }: DemoUser): Promise<boolean> {
    const [want, work] = [await findWant(site.db, userId), await findWork(site.db, userId)]
    return want !== null && work?.owner === null && work.doneVersion === want.wantedVersion
  }

  async function signedIn(role: keyof typeof DEMO_ADMINS, path: string): Promise<Visitor> {
    const visitor = await site.visitor()
    visitors.push(visitor)
    await visitor.signIn({ email: DEMO_ADMINS[role], password: site.stack.auth.password }, path)
    return visitor
  }

  test(
    'planned, looked at by name, begun, held after its first wave, gone on with, and seen to its end',
    async () => {
      const visitor = await signedIn('operator', '/admin/migrations')
      const { page } = visitor
      await page.getByText('Nobody has been migrated yet').waitFor()
      for (const { userId } of users) expect(await findWant(site.db, userId)).toBeNull()

      await page.getByRole('button', { name: 'New migration…' }).click()
      const plan = page.getByRole('dialog', { name: 'New migration' })
      expect(await visitor.accessibilityProblems()).toEqual([])
      await plan.getByLabel('Users in a wave').fill('0')
      await plan.getByRole('button', { name: 'Preview' }).click()
      await plan.getByText('A whole number from 1 to 10000.').waitFor()
      await plan.getByLabel('Users in a wave').fill('2')
      await plan.getByLabel('Pause between waves, in seconds').fill('3600')
      await plan.getByLabel('Users asked in a minute').fill('6000')
      await plan.getByRole('button', { name: 'Preview' }).click()

      const preview = page.getByRole('dialog', { name: 'Migrate 4 users' })
      for (const { email } of users)
        await preview
          .getByRole('listitem')
          .filter({ hasText: new RegExp(`${email}: pro, vyx-user-`) })
          .waitFor()
      await preview.getByText('$24.00', { exact: false }).waitFor()
      expect(await visitor.accessibilityProblems()).toEqual([])
      await preview.getByLabel('Reason').fill('the move')
      await preview.getByRole('button', { name: 'Migrate 4 users' }).click()

      await page.getByRole('heading', { level: 1, name: 'Migration, 4 users' }).waitFor()
      await page.getByText('2 of 4').waitFor({ timeout: PATIENCE_MS })
      await page.getByRole('button', { name: 'Pause' }).click()
      await page.getByRole('button', { name: 'Resume' }).waitFor()
      const apps = await Promise.all(users.map(async (user) => (await user.apps()).length))
      expect(apps.toSorted()).toEqual([0, 0, 1, 1])

      // The pause of an hour is over.
      await users[0]!.runSql(`update hangar.bulks set next_ask_at = now() - interval '1 minute'`)
      await page.getByRole('button', { name: 'Resume' }).click()
      await page.getByText('4 of 4').waitFor({ timeout: PATIENCE_MS })
      const rows = page.getByRole('table', { name: 'Users of this migration' })
      for (const { email } of users)
        await rows.getByRole('row').filter({ hasText: email }).getByText('Done').waitFor()
      for (const user of users) {
        await waitFor(async () => (await user.liveApp())?.status === 'active', {
          what: `the app of ${user.email}`,
          timeoutMs: PATIENCE_MS,
        })
        expect(await user.apps()).toHaveLength(1)
      }
    },
    TEST_MS,
  )

  test('a viewer looks on, and is shown nothing to act with', async () => {
    const { page } = await signedIn('viewer', '/admin/migrations')
    await page.getByRole('link', { name: '4 users' }).click()
    await page.getByRole('heading', { level: 1, name: 'Migration, 4 users' }).waitFor()
    await page.getByRole('link', { name: 'Report (CSV)' }).waitFor()
    expect(await page.getByRole('main').getByRole('button').count()).toBe(0)
  })
})
