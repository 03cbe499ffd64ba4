/** The dashboard in a real browser, on a whole Hangar: the shortest way through it. `*.full.test.ts` has the rest. */
import { describe, expect, test } from '@jest/globals'
import { createDemoUser } from '../demo/user.ts'
import { DEMO_ADMINS } from '../stack/settings.ts'
import { useSite, whyNoBrowser } from './site.ts'

if (whyNoBrowser === null) {
  describe('the dashboard in Chromium', () => {
    const site = useSite()

    test('signs in, and shows an upgrade made by SQL as it happens', async () => {
      const user = await createDemoUser(site.stack, site.db, 'ada@example.test')
      const admin = await site.visitor()
      await admin.signIn({ email: DEMO_ADMINS.admin, password: site.stack.auth.password }, '/admin/apps')
      const { page } = admin
      await admin.isLive()

      await user.runSql(user.tierChange('pro'))
      await page.getByRole('button', { name: /Read the list again/ }).click()
      const row = page.getByRole('row').filter({ hasText: user.email })
      await row.getByText('Active').waitFor()
      await row.getByText('Healthy').waitFor()
      expect(await admin.accessibilityProblems()).toEqual([])
    })
  })
} else {
  test.skip(`the dashboard (${whyNoBrowser})`, () => {})
}
