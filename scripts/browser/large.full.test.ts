/**
 * Ten thousand apps on the page. How soon the first view can be used and whether scrolling drops work is printed, for a
 * machine decides that more than the page does; `npm run test:full -- scripts/browser/large` shows it.
 */
import { beforeAll, describe, expect, test } from '@jest/globals'
import { DEMO_ADMINS } from '../stack/settings.ts'
import { fillFleet, stopWork } from './fleet.ts'
import { useSite, whyNoBrowser } from './site.ts'
import type { Visitor } from './visitor.ts'

const APPS = 10_000
const TEST_MS = 180_000
const LONG_TASK_MS = 50

const suite = whyNoBrowser === null ? describe : describe.skip

suite(`10,000 apps${whyNoBrowser === null ? '' : ` (${whyNoBrowser})`}`, () => {
  const site = useSite()
  let visitor: Visitor

  beforeAll(async () => {
    await stopWork(site.stack)
    await fillFleet(site.stack.addresses.databaseUrl, APPS)
    visitor = await site.visitor()
    await visitor.signIn({ email: DEMO_ADMINS.operator, password: site.stack.auth.password }, '/admin/apps')
    await visitor.page.getByText('10,000 apps').waitFor()
  }, TEST_MS)

  const rowCount = () => visitor.page.getByRole('table', { name: 'Apps' }).getByRole('row').count()

  test(
    'are filtered and searched by the API, and the address holds what is asked for',
    async () => {
      const { page } = visitor
      // The column of the same name has a button too.
      await page.getByRole('button', { name: 'Status' }).first().click()
      await page.getByRole('checkbox', { name: /^Error/ }).check()
      await page.getByText('200 apps', { exact: true }).waitFor()
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Region' }).first().click()
      await page.getByRole('checkbox', { name: /^Nrt/ }).check()
      await page.getByText('100 apps', { exact: true }).waitFor()
      await page.keyboard.press('Escape')
      expect(new URL(page.url()).search).toBe('?status=error&region=nrt')

      await page.reload()
      await page.getByText('100 apps', { exact: true }).waitFor()
      await page.getByRole('button', { name: 'Clear filters' }).click()
      await page.getByText('10,000 apps').waitFor()
      await page.keyboard.press('/')
      await page.keyboard.type('user-9999@fleet.test')
      await page.getByText('1 app', { exact: true }).waitFor()
      await page.getByRole('row').filter({ hasText: 'user-9999@fleet.test' }).waitFor()
    },
    TEST_MS,
  )

  test(
    'all that match can be chosen at once, and the button says how many',
    async () => {
      const { page } = visitor
      await visitor.open('/admin/apps?status=error')
      await page.getByText('200 apps', { exact: true }).waitFor()
      await page.keyboard.press('j')
      await page.keyboard.press('x')
      await page.getByRole('button', { name: 'Select all 200 that match' }).click()
      await page.getByRole('button', { name: 'Retry…' }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Retry 200 apps' }).waitFor()
      await page.keyboard.press('Escape')
    },
    TEST_MS,
  )

  test(
    'only those in sight are in the page, however far one scrolls',
    async () => {
      await visitor.open('/admin/apps')
      await visitor.page.getByText('10,000 apps').waitFor()
      await scroll(visitor)
      expect(await rowCount()).toBeLessThan(80)
      const scrolledPx = await visitor.page.evaluate<number>(
        `document.querySelector('.table-scroll').scrollTop`,
      )
      expect(scrolledPx).toBeGreaterThan(5_000)
    },
    TEST_MS,
  )

  test(
    'and how quick all that is here',
    async () => {
      const usableMs = await measureFirstView(visitor)
      const longTasks = await measureScroll(visitor)
      expect(usableMs).toBeGreaterThan(0)
      const worst = Math.max(0, ...longTasks)
      process.stderr.write(
        `10,000 apps: first view usable after ${usableMs} ms; ` +
          `scrolling: ${longTasks.length} tasks over ${LONG_TASK_MS} ms, the longest ${worst} ms\n`,
      )
    },
    TEST_MS,
  )
})

/** With the wheel, as somebody looking for something does, until some pages have been loaded. */
async function scroll({ page }: Visitor): Promise<void> {
  await page.locator('.table-scroll').hover()
  for (let turn = 0; turn < 60; turn += 1) {
    await page.mouse.wheel(0, 400)
    await page.evaluate(
      'new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
    )
  }
}

/** From the navigation to a row of the table, with nothing in the browser's cache. */
async function measureFirstView({ page, context }: Visitor): Promise<number> {
  const session = await context.newCDPSession(page)
  await session.send('Network.clearBrowserCache')
  await page.goto('about:blank')
  await page.goto('/admin/apps')
  const usableMs = await page.evaluate<number>(`new Promise((resolve) => {
    const look = () => document.querySelector('.table tbody tr[data-index]')
      ? resolve(Math.round(performance.now()))
      : requestAnimationFrame(look)
    look()
  })`)
  return usableMs
}

/** The tasks that kept the page busy for longer than a person does not notice. */
async function measureScroll(visitor: Visitor): Promise<number[]> {
  await visitor.page.evaluate(`(() => {
    window.longTasks = []
    new PerformanceObserver((list) => window.longTasks.push(...list.getEntries().map((one) => Math.round(one.duration))))
      .observe({ entryTypes: ['longtask'] })
  })()`)
  await scroll(visitor)
  return visitor.page.evaluate<number[]>('window.longTasks')
}
