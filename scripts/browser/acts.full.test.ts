/** What admins do on the page, each with what really became of it: in the tables, on Fly, in another browser. */
import { waitFor } from '@hangar/testkit/local'
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { createDemoUser, type DemoUser } from '../demo/user.ts'
import { DEMO_ADMINS } from '../stack/settings.ts'
import { useSite, whyNoBrowser } from './site.ts'
import type { Visitor } from './visitor.ts'

/** An app comes up in a second or two; a busy machine takes its time. */
const PATIENCE_MS = 60_000
const TEST_MS = 180_000

type Role = keyof typeof DEMO_ADMINS

const suite = whyNoBrowser === null ? describe : describe.skip

suite(`acts on the page${whyNoBrowser === null ? '' : ` (${whyNoBrowser})`}`, () => {
  const site = useSite()
  const visitors: Visitor[] = []
  /** Three users with an app each; a test that ends one makes its own. */
  let users: DemoUser[] = []
  let made = 0

  beforeAll(async () => {
    users = await Promise.all([newUser(), newUser(), newUser()])
    for (const user of users) await user.runSql(user.tierChange('pro'))
    for (const user of users) await isUp(user)
  }, TEST_MS)
  afterEach(async () => {
    for (const visitor of visitors.splice(0)) await visitor.close()
  })

  const newUser = () => createDemoUser(site.stack, site.db, `user-${(made += 1)}@example.test`)

  const isUp = (user: DemoUser) =>
    waitFor(async () => (await user.liveApp())?.healthStatus === 'healthy', {
      what: `the app of ${user.email} to be healthy`,
      timeoutMs: PATIENCE_MS,
    })

  const credentials = (role: Role) => ({ email: DEMO_ADMINS[role], password: site.stack.auth.password })

  async function signedIn(role: Role, path: string): Promise<Visitor> {
    const visitor = await site.visitor()
    visitors.push(visitor)
    await visitor.signIn(credentials(role), path)
    await visitor.isLive()
    return visitor
  }

  const pageOf = (user: DemoUser) => `/admin/apps/${user.userId}`

  /** A word has to stand alone: "active" is in many a sentence. */
  const stateOn = ({ page }: Visitor, words: string | RegExp) =>
    page
      .locator('.state-section')
      .getByText(words, { exact: typeof words === 'string' })
      .first()
      .waitFor({ timeout: PATIENCE_MS })

  test(
    'an upgrade shows as it happens: its steps, then the app, active and healthy',
    async () => {
      const user = await newUser()
      const admin = await signedIn('admin', pageOf(user))
      await stateOn(admin, 'No app')
      // Slow enough to be seen on the way.
      await site.fly.addFault({
        kind: 'delay',
        match: { operation: 'machines.create' },
        count: 1,
        params: { ms: 3_000 },
      })
      await user.runSql(user.tierChange('pro'))
      await stateOn(admin, /step \d of \d/)
      await stateOn(admin, 'Active')
      await stateOn(admin, 'Healthy')
      expect((await user.liveApp())?.status).toBe('active')
    },
    TEST_MS,
  )

  test(
    'a teardown takes the typed name and a reason, and the app is gone from Fly',
    async () => {
      const user = await newUser()
      await user.runSql(user.tierChange('pro'))
      await isUp(user)
      const name = (await user.liveApp())?.flyAppName ?? ''
      const admin = await signedIn('admin', pageOf(user))
      const { page } = admin
      await page.getByRole('button', { name: 'More' }).click()
      await page.getByRole('button', { name: 'Deprovision…' }).click()
      const dialog = page.getByRole('dialog')
      const confirm = dialog.getByRole('button', { name: 'Deprovision 1 app' })
      await dialog.getByLabel('Reason').fill('the user asked for it')
      await dialog.getByLabel(/to confirm/).fill(name.slice(0, -1))
      expect(await confirm.getAttribute('aria-disabled')).toBe('true')
      await dialog.getByLabel(/to confirm/).fill(name)
      await confirm.click()
      await dialog.waitFor({ state: 'detached' })
      await waitFor(async () => !(await user.isOnFly(name)), {
        what: `${name} to be gone`,
        timeoutMs: PATIENCE_MS,
      })
      await stateOn(admin, 'No app')
      await stateOn(admin, /switched this app off/)
    },
    TEST_MS,
  )

  test(
    'a bulk retry: what is selected is previewed, asked for and followed to its end',
    async () => {
      const operator = await signedIn('operator', '/admin/apps')
      const { page } = operator
      for (const user of users.slice(0, 2)) await page.getByLabel(`Select ${user.email}`).check()
      const bar = page.getByRole('region', { name: 'What is selected' })
      await bar.getByRole('button', { name: 'Retry…' }).click()
      const dialog = page.getByRole('dialog', { name: 'Retry 2 apps' })
      await dialog.getByRole('listitem').filter({ hasText: users[0]!.email }).waitFor()
      await dialog.getByLabel('Reason').fill('to be sure')
      await dialog.getByRole('button', { name: 'Retry 2 apps' }).click()
      await page.getByRole('heading', { level: 1, name: 'Retry, 2 users' }).waitFor()
      await page.getByRole('progressbar', { name: /^Bulk / }).waitFor()
      await page.getByText('2 of 2').waitFor({ timeout: PATIENCE_MS })
      const rows = page.getByRole('table', { name: 'Users of this bulk run' })
      for (const user of users.slice(0, 2))
        await rows.getByRole('row').filter({ hasText: user.email }).getByText('Done').waitFor()
    },
    TEST_MS,
  )

  test(
    'two admins at once: what one does the other sees, and loses nothing of what they were typing',
    async () => {
      const user = users[2]!
      const [one, other] = await Promise.all([
        signedIn('admin', pageOf(user)),
        signedIn('admin', pageOf(user)),
      ])
      for (const { page } of [one, other]) {
        await page.getByRole('button', { name: 'More' }).click()
        await page.getByRole('button', { name: 'Override…' }).click()
        await page.getByLabel('Reason').fill('a look by hand')
      }
      const save = async ({ page }: Visitor, desired: string) => {
        await page.getByLabel('What holds for this user').selectOption(desired)
        await page.getByRole('button', { name: 'Override 1 user' }).click()
        await page.getByRole('dialog').waitFor({ state: 'detached' })
      }
      await save(one, 'paused')
      await stateOn(one, /paused this user/)
      // Behind the dialog, in which nothing that was typed is lost.
      await stateOn(other, /paused this user/)
      expect(await other.page.getByLabel('Reason').inputValue()).toBe('a look by hand')
      await save(other, 'on')
      await stateOn(one, /switched this app on/)
      await stateOn(other, /switched this app on/)
    },
    TEST_MS,
  )

  test(
    'a session that is over is signed in to again over what is open: nothing typed is lost, and the address stays',
    async () => {
      const path = '/admin/apps?status=active&sort=email'
      const email = credentials('admin').email
      const other = await signedIn('operator', '/admin/apps')
      const admin = await signedIn('admin', path)
      const { page } = admin
      await page.getByRole('row').filter({ hasText: users[0]!.email }).waitFor()
      const address = page.url()
      expect(new URL(address).search).toBe('?status=active&sort=email')
      await page.getByLabel(`Select ${users[0]!.email}`).check()
      await page.getByRole('button', { name: 'Retry…' }).click()
      const dialog = page.getByRole('dialog', { name: 'Retry 1 app' })
      await dialog.getByLabel('Reason').fill('half way through')
      // As if nobody had been at this one for a day; everybody else's goes on.
      await users[0]!.runSql(
        `update hangar.admin_sessions set last_seen_at = now() - interval '1 day' where id = (select id from hangar.admin_sessions where email = '${email}' order by created_at desc limit 1)`,
      )
      await dialog.getByRole('button', { name: 'Retry 1 app' }).click()
      const over = page.getByRole('dialog', { name: 'Your session has ended' })
      await over.getByLabel('Email').fill(email)
      await over.getByLabel('Password').fill(credentials('admin').password)
      await over.getByRole('button', { name: 'Sign in' }).click()
      await over.waitFor({ state: 'detached' })
      expect(await dialog.getByLabel('Reason').inputValue()).toBe('half way through')
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      await page.getByRole('heading', { level: 1, name: 'Apps' }).waitFor()
      expect(page.url()).toBe(address)
      await admin.isLive(PATIENCE_MS)
      expect(await other.page.getByLabel('Password').count()).toBe(0)
    },
    TEST_MS,
  )

  test(
    'the API goes away and comes back: old data stays and says so, then the page follows again',
    async () => {
      const user = await newUser()
      const admin = await signedIn('admin', '/admin/apps')
      const { page } = admin
      await page.getByRole('row').filter({ hasText: users[0]!.email }).waitFor()
      await site.stack.services.get('api')?.stop()
      await page
        .getByRole('status')
        .filter({ hasText: /^Not live\./ })
        .waitFor({ timeout: PATIENCE_MS })
      expect(await page.getByRole('row').filter({ hasText: users[0]!.email }).count()).toBe(1)
      await user.runSql(user.tierChange('pro'))
      await site.stack.restart('api')
      await admin.isLive(PATIENCE_MS)
      await isUp(user)
      await page.getByRole('button', { name: /Read the list again/ }).click()
      await page
        .getByRole('row')
        .filter({ hasText: user.email })
        .getByText('Healthy')
        .waitFor({ timeout: PATIENCE_MS })
    },
    TEST_MS,
  )

  test(
    'with the keyboard alone: sign in, search, open, go back, select, act',
    async () => {
      const visitor = await site.visitor()
      visitors.push(visitor)
      const { page } = visitor
      const { keyboard } = page
      await visitor.open('/admin/apps')
      await page.getByLabel('Email').waitFor()
      await keyboard.type(credentials('operator').email)
      await keyboard.press('Tab')
      await keyboard.type(credentials('operator').password)
      await keyboard.press('Enter')
      await page.getByRole('row').filter({ hasText: users[0]!.email }).waitFor()

      await keyboard.press('/')
      await keyboard.type(users[0]!.email)
      await page.getByText('1 app', { exact: true }).waitFor()
      await keyboard.press('Escape')
      await keyboard.press('Escape')
      await page.getByRole('row').filter({ hasText: users[1]!.email }).waitFor()

      await keyboard.press('j')
      await focusIsOn(visitor, /@example\.test$/)
      const opened = await focused(visitor)
      await keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: opened }).waitFor()
      await page.goBack()
      await page.getByRole('row').filter({ hasText: users[1]!.email }).waitFor()

      await keyboard.press('j')
      await focusIsOn(visitor, /@example\.test$/)
      await keyboard.press('x')
      await page.getByRole('region', { name: 'What is selected' }).waitFor()
      await tabTo(visitor, 'Retry…')
      await keyboard.press('Enter')
      const dialog = page.getByRole('dialog', { name: 'Retry 1 app' })
      await dialog.getByLabel('Reason').waitFor()
      await focusIsOn(visitor, /Reason/)
      await keyboard.type('by keyboard')
      await keyboard.press('Enter')
      await page.getByRole('heading', { level: 1, name: 'Retry, 1 user' }).waitFor()
      await keyboard.press('?')
      await page.getByRole('dialog', { name: 'Keys' }).waitFor()
      await keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
    },
    TEST_MS,
  )

  test('a viewer looks, and is shown nothing to act with', async () => {
    const viewer = await signedIn('viewer', pageOf(users[0]!))
    await stateOn(viewer, 'Active')
    expect(await viewer.page.getByRole('main').getByRole('button', { name: /…$/ }).count()).toBe(0)
    await viewer.open('/admin/settings')
    await viewer.page.getByText('It takes an admin to change anything here.').waitFor()
    expect(await viewer.page.getByRole('main').getByRole('button').count()).toBe(0)
  })

  /** What a screen reader would say has the focus: its label, or its text. */
  const focused = ({ page }: Visitor): Promise<string> =>
    page.evaluate(
      `(() => { const at = document.activeElement; return at?.labels?.[0]?.textContent ?? at?.textContent ?? '' })()`,
    )

  const focusIsOn = (visitor: Visitor, words: RegExp) =>
    waitFor(async () => words.test(await focused(visitor)), { what: `the focus to be on ${words.source}` })

  async function tabTo(visitor: Visitor, text: string): Promise<void> {
    for (let presses = 0; presses < 100; presses += 1) {
      if ((await focused(visitor)) === text) return
      await visitor.page.keyboard.press('Tab')
    }
    throw new Error(`Tab does not lead to ${text}`)
  }
})
