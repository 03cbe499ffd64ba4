/** The dashboard in a real browser, on a whole Hangar: the shortest way through it. `*.full.test.ts` has the rest. */
import { describe, expect, test } from '@jest/globals'
import { createDemoUser } from '../demo/user.ts'
import { DEMO_ADMINS } from '../stack/settings.ts'
import { useSite, whyNoBrowser } from './site.ts'

if (whyNoBrowser === null) {
  describe('the dashboard in Chromium', () => {
    const site = useSite()

    test("the README's way: sign in, find a user, upgrade them by SQL, and watch it happen", async () => {
      const user = await createDemoUser(site.stack, site.db, 'ada@example.test')
      const admin = await site.visitor()
      await admin.signIn({ email: DEMO_ADMINS.admin, password: site.stack.auth.password })
      await admin.isLive()
      const { page } = admin
      await page.getByRole('link', { name: 'Apps', exact: true }).click()
      await page.getByRole('searchbox', { name: 'Mail, user id or app' }).waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('ada')
      await page.getByRole('link', { name: user.email }).click()
      const state = page.locator('.state-section')
      await state.getByText('No app', { exact: true }).waitFor()

      await user.runSql(user.tierChange('pro'))
      await state.getByText('Active', { exact: true }).waitFor()
      await state.getByText('Healthy', { exact: true }).waitFor()
      expect(await user.liveApp()).toMatchObject({ status: 'active', healthStatus: 'healthy' })
      expect(await admin.accessibilityProblems()).toEqual([])
    })
  })
} else {
  test.skip(`the dashboard (${whyNoBrowser})`, () => {})
}
