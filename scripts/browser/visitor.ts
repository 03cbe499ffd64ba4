/**
 * One person at one browser: a profile of their own (cookies, theme, size of the window), one page, and what went wrong in
 * it. Nothing that a test does may make the page ask another server, break its own policy on content, or throw.
 */
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'

/** A busy machine takes seconds for what takes tenths. */
const PATIENCE_MS = 20_000

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Chromium says so of every answer that is not a success; which answers are right is for the tests to say. */
const ANSWER_REFUSED = /^Failed to load resource:/

export type VisitorOptions = Pick<BrowserContextOptions, 'colorScheme' | 'viewport' | 'hasTouch' | 'isMobile'>

export class Visitor {
  readonly page: Page
  readonly context: BrowserContext
  readonly #origin: string
  #complaints: string[] = []

  private constructor(context: BrowserContext, page: Page, origin: string) {
    this.context = context
    this.page = page
    this.#origin = origin
    page.setDefaultTimeout(PATIENCE_MS)
    page.on('pageerror', (error) => this.#complain(`thrown: ${error.message}`))
    page.on('console', (message) => {
      if (message.type() === 'error' && !ANSWER_REFUSED.test(message.text())) this.#complain(message.text())
    })
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (url.protocol !== 'data:' && url.protocol !== 'blob:' && url.origin !== origin)
        this.#complain(`asked ${url.origin}`)
    })
  }

  static async build(browser: Browser, origin: string, options: VisitorOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({
      viewport: { width: 1_280, height: 800 },
      ...options,
      baseURL: origin,
    })
    return new Visitor(context, await context.newPage(), origin)
  }

  async open(path: string): Promise<void> {
    await this.page.goto(new URL(path, this.#origin).href)
  }

  async signIn(person: { email: string; password: string }, path = '/admin'): Promise<void> {
    await this.open(path)
    await this.page.getByLabel('Email').fill(person.email)
    await this.page.getByLabel('Password').fill(person.password)
    await this.page.getByRole('button', { name: 'Sign in' }).click()
    await this.page.locator('#main').waitFor()
  }

  /** Changes arrive by themselves from now on. */
  async isLive(timeoutMs = PATIENCE_MS): Promise<void> {
    const live = this.page.getByRole('status').filter({ hasText: /^Live\./ })
    await live.waitFor({ timeout: timeoutMs })
  }

  /** What WCAG 2.2 AA says against what is on show: a line for each rule, with where it is broken. */
  async accessibilityProblems(): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page: this.page }).withTags(WCAG).analyze()
    return violations.map(({ id, nodes }) => {
      const where = nodes
        .slice(0, 3)
        .map((node) => `${node.target.join(' ')} (${node.failureSummary?.split('\n')[1]?.trim() ?? ''})`)
      return `${id}: ${where.join('; ')}`
    })
  }

  /** How much wider the page is than its window: 0 where nothing has to be scrolled sideways. */
  overflowPx(): Promise<number> {
    return this.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  }

  /** What went wrong since the last look. */
  takeComplaints(): string[] {
    const taken = this.#complaints
    this.#complaints = []
    return taken
  }

  close(): Promise<void> {
    return this.context.close()
  }

  #complain(what: string): void {
    this.#complaints.push(what)
  }
}
