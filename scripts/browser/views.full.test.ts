/**
 * Every view, in both themes and at the width of a phone: what WCAG 2.2 AA says against it, and whether it fits. The
 * pictures of the README are made here, with HANGAR_SCREENSHOTS=true.
 */
import { join } from 'node:path'
import { waitFor } from '@hangar/testkit/local'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { createDemoUser, type DemoUser } from '../demo/user.ts'
import { inRepository } from '../stack/programs.ts'
import { DEMO_ADMINS } from '../stack/settings.ts'
import { fillFleet, stopWork } from './fleet.ts'
import { useSite, whyNoBrowser } from './site.ts'
import type { Visitor } from './visitor.ts'

const THEMES = ['light', 'dark'] as const
const PHONE = { width: 390, height: 844 }
const PATIENCE_MS = 60_000
const TEST_MS = 300_000

const writesPictures = process.env['HANGAR_SCREENSHOTS'] === 'true'

const suite = whyNoBrowser === null ? describe : describe.skip

suite(`every view${whyNoBrowser === null ? '' : ` (${whyNoBrowser})`}`, () => {
  const site = useSite()
  let user: DemoUser
  let bulkId: string
  let migrationId: string

  beforeAll(async () => {
    user = await createDemoUser(site.stack, site.db, 'ada@example.test')
    await user.runSql(user.tierChange('pro'))
    await waitFor(async () => (await user.liveApp())?.healthStatus === 'healthy', {
      what: 'a real app on the page',
      timeoutMs: PATIENCE_MS,
    })
    await stopWork(site.stack)
    await fillFleet(site.stack.addresses.databaseUrl, 240)
    bulkId = await begin('bulk', { action: 'retry', filter: { status: 'error' } })
    migrationId = await begin('migrations', { all: true, wave_size: 3 })
  }, TEST_MS)

  /** Nobody carries it out: it stands as it begins. */
  async function begin(what: 'bulk' | 'migrations', body: object): Promise<string> {
    const response = await fetch(`${site.url}/v1/${what}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${site.stack.secrets.serviceRoleKey}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ ...body, reason: 'for the page' }),
    })
    expect(response.status).toBe(202)
    const begun = (await response.json()) as { bulk_id?: number; migration_id?: number }
    return String(begun.bulk_id ?? begun.migration_id)
  }

  const views = (): Record<string, string> => ({
    overview: '/admin/overview',
    apps: '/admin/apps',
    app: `/admin/apps/${user.userId}`,
    costs: '/admin/costs',
    alerts: '/admin/alerts',
    orphans: '/admin/orphans',
    'bulk runs': '/admin/bulk',
    'bulk run': `/admin/bulk/${bulkId}`,
    migrations: '/admin/migrations',
    migration: `/admin/migrations/${migrationId}`,
    events: '/admin/events',
    audit: '/admin/audit',
    settings: '/admin/settings',
  })

  const admin = async (look: Parameters<typeof site.visitor>[0]) => {
    const visitor = await site.visitor(look)
    await visitor.signIn({ email: DEMO_ADMINS.admin, password: site.stack.auth.password })
    return visitor
  }

  async function settled({ page }: Visitor): Promise<void> {
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page
      .getByText(/^Loading /)
      .first()
      .waitFor({ state: 'detached' })
    expect(await page.getByRole('alert').allTextContents()).toEqual([])
  }

  test.each(THEMES)(
    'has no barrier, %s',
    async (colorScheme) => {
      const visitor = await admin({ colorScheme })
      for (const [name, path] of Object.entries(views())) {
        await visitor.open(path)
        await settled(visitor)
        expect([name, await visitor.accessibilityProblems()]).toEqual([name, []])
      }
      await visitor.close()
    },
    TEST_MS,
  )

  test.each(THEMES)('nor has the sign-in, %s', async (colorScheme) => {
    const visitor = await site.visitor({ colorScheme })
    await visitor.open('/admin')
    await visitor.page.getByLabel('Email').waitFor()
    expect(await visitor.accessibilityProblems()).toEqual([])
    await visitor.close()
  })

  test.each(THEMES)(
    'nor have the dialogs, %s',
    async (colorScheme) => {
      const visitor = await admin({ colorScheme })
      const { page } = visitor
      const opened = async (path: string, open: () => Promise<void>) => {
        await visitor.open(path)
        await settled(visitor)
        await open()
        await page.getByRole('dialog').waitFor()
        expect([path, await visitor.accessibilityProblems()]).toEqual([path, []])
      }
      await opened(`/admin/apps/${user.userId}`, async () => {
        await page.getByRole('button', { name: 'More' }).click()
        await page.getByRole('button', { name: 'Deprovision…' }).click()
      })
      await opened('/admin/orphans', () => page.getByRole('button', { name: 'vyx-user-lost0001' }).click())
      await opened('/admin/alerts', () => page.getByRole('button', { name: /^Stuck/ }).click())
      await opened('/admin/settings', () => page.getByRole('button', { name: /^Engage Operator/ }).click())
      await opened('/admin/overview', () => page.keyboard.press('?'))
      await visitor.close()
    },
    TEST_MS,
  )

  test(
    'fits a phone',
    async () => {
      const visitor = await admin({ viewport: PHONE, isMobile: true, hasTouch: true })
      for (const [name, path] of Object.entries(views())) {
        await visitor.open(path)
        await settled(visitor)
        expect([name, await visitor.overflowPx()]).toEqual([name, 0])
        expect([name, await visitor.accessibilityProblems()]).toEqual([name, []])
      }
      await visitor.page.getByRole('button', { name: 'Menu' }).tap()
      await visitor.page.getByRole('link', { name: 'Alerts' }).tap()
      await visitor.page.getByRole('heading', { level: 1, name: 'Alerts' }).waitFor()
      await visitor.close()
    },
    TEST_MS,
  )

  test.each(THEMES)(
    'has its picture, %s',
    async (colorScheme) => {
      const visitor = await admin({ colorScheme })
      for (const [name, path] of [
        ['overview', '/admin/overview'],
        ['apps', '/admin/apps?sort=email'],
        ['app', `/admin/apps/${user.userId}`],
      ] as const) {
        await visitor.open(path)
        await settled(visitor)
        await visitor.isLive()
        const file = inRepository(join('docs', 'images', `${name}-${colorScheme}.png`))
        const picture = await visitor.page.screenshot(writesPictures ? { path: file } : {})
        expect(picture.length).toBeGreaterThan(10_000)
      }
      await visitor.close()
    },
    TEST_MS,
  )
})
