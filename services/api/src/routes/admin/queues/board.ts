/**
 * Bull Board, twice on one path: its read-only mode is fixed when a board is made, and its guards see no session.
 * Admins get the board that acts, everybody else the one that shows. What it gets wrong for us is put right here:
 * fonts from outside, stacks in errors, credentials in job errors, and "pause all" answering 200 when read-only.
 */
import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { ExpressAdapter } from '@bull-board/express'
import { listQueues, type Queues } from '@hangar/jobs'
import type { Express } from 'express'
import { redact } from './redact.ts'

const SYSTEM_SANS = 'system-ui, sans-serif'
const SYSTEM_MONO = 'ui-monospace, monospace'
const OUTSIDE_LINK = /<link[^>]+https?:\/\/[^>]+>/g

const BOARD_OPTIONS = {
  boardTitle: 'Hangar queues',
  hideDocsLink: true,
  miscLinks: [{ text: 'Sign out', url: '/admin' }],
  theme: {
    light: { 'font-sans': SYSTEM_SANS, 'font-mono': SYSTEM_MONO },
    dark: { 'font-sans': SYSTEM_SANS, 'font-mono': SYSTEM_MONO },
  },
}

type RenderFile = (path: string, data: object, done: (error: unknown, html?: string) => void) => void

class OfflineAdapter extends ExpressAdapter {
  /** The page links a font server; the link is taken out of the rendered page. */
  override setViewsPath(viewPath: string): ExpressAdapter {
    super.setViewsPath(viewPath)
    const engines = (this.app as unknown as { engines: Record<string, RenderFile> }).engines
    const render = engines['.ejs']
    if (!render) throw new Error('Bull Board no longer renders its page with ejs')
    engines['.ejs'] = (path, data, done) =>
      render(path, data, (error, html) => done(error, html?.replace(OUTSIDE_LINK, '')))
    return this
  }

  /** Bull Board's own handler answers with the error's message and, in development, its stack. */
  override setErrorHandler(): this {
    return super.setErrorHandler(() => ({
      status: 500,
      body: { error: { key: 'ERRORS.INTERNAL_SERVER_ERROR' }, message: 'The queue did not answer.' },
    }))
  }
}

/** A board as an Express app, to be mounted at `basePath`. */
export function createBoard(queues: Queues, options: { basePath: string; readOnly: boolean }): Express {
  const serverAdapter = new OfflineAdapter()
  serverAdapter.setBasePath(options.basePath)
  createBullBoard({
    queues: listQueues(queues).map((queue) => new BullMQAdapter(queue, { readOnlyMode: options.readOnly })),
    serverAdapter,
    options: {
      uiConfig: BOARD_OPTIONS,
      handlerHooks: {
        before: ({ method }) =>
          options.readOnly && method !== 'get'
            ? { allow: false, status: 403, errorKey: 'ERRORS.FORBIDDEN' }
            : undefined,
        after: (_context, result) => ({ ...result, body: redact(result.body) as typeof result.body }),
      },
    },
  })
  return serverAdapter.getRouter() as Express
}
