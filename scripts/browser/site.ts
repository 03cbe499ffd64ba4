/**
 * For the tests of the dashboard: the whole of Hangar as processes, the page as it is built now, and Debian's Chromium.
 * Without a browser the tests are skipped, saying so (`whyNoBrowser`).
 */
import { createDatabase, type Database } from '@hangar/db'
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals'
import { chromium, type Browser } from 'playwright-core'
import { buildAdminPage } from '../lib/admin-page.ts'
import { findChromium } from '../lib/chromium.ts'
import { FlyStandIn } from '../stack/testing/fly-stand-in.ts'
import { urlOf } from '../stack/settings.ts'
import { startStack, type Stack, type StackOptions } from '../stack/stack.ts'
import { Visitor, type VisitorOptions } from './visitor.ts'

const program = findChromium()

/** Null: there is a browser. */
export const whyNoBrowser = program === null ? 'SKIPPED: there is no Chromium; npm run setup-chromium' : null

const START_MS = 120_000

const LAUNCH_ARGUMENTS = ['--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage']

function launchBrowser(): Promise<Browser> {
  // Chromium's own sandbox does not start for root.
  return chromium.launch({
    executablePath: program ?? '',
    chromiumSandbox: process.getuid?.() !== 0,
    args: LAUNCH_ARGUMENTS,
  })
}

export type Site = {
  readonly stack: Stack
  readonly db: Database
  readonly fly: FlyStandIn
  readonly url: string
  /** Somebody new at a browser of their own; gone at the end of the file. */
  visitor(options?: VisitorOptions): Promise<Visitor>
}

/** Registers the file's hooks; the parts are there from beforeAll to afterAll. */
export function useSite(options: Partial<StackOptions> = {}): Site {
  let parts: { stack: Stack; db: Database; browser: Browser } | undefined
  const visitors: Visitor[] = []
  const there = () => {
    if (!parts) throw new Error('useSite: the site exists only inside tests and hooks')
    return parts
  }

  beforeAll(async () => {
    await buildAdminPage()
    const stack = await startStack({ report: () => {}, environment: {}, ...options })
    const { databaseUrl } = stack.addresses
    const db = createDatabase({ connectionString: databaseUrl, applicationName: 'hangar-test' })
    parts = { stack, db, browser: await launchBrowser() }
  }, START_MS)
  afterEach(() => expect(visitors.flatMap((visitor) => visitor.takeComplaints())).toEqual([]))
  afterAll(async () => {
    await parts?.browser.close()
    await parts?.db.destroy()
    await parts?.stack.stop()
  }, START_MS)

  return {
    get stack() {
      return there().stack
    },
    get db() {
      return there().db
    },
    get fly() {
      return new FlyStandIn(there().stack)
    },
    get url() {
      return urlOf(there().stack.addresses, 'api')
    },
    visitor: async (look) => {
      const visitor = await Visitor.build(there().browser, urlOf(there().stack.addresses, 'api'), look)
      visitors.push(visitor)
      return visitor
    },
  }
}
