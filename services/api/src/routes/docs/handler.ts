/** The API's own description, for programs and for people. Open to all: it tells what can be asked, and nothing else. */
import { z } from 'zod'
import { anyFields } from '../../http/answer-fields.ts'
import { defineOpenRoute, type Route } from '../../http/route.ts'
import { describeApi, type OpenApiDocument } from '../../openapi/document.ts'
import { renderPage } from '../../openapi/page.ts'

/** `all` is asked when the first reader comes: these two endpoints are among them. */
export function docsRoutes(all: () => readonly Route[]): Route[] {
  let made: { document: OpenApiDocument; page: string } | undefined
  const make = () => {
    const document = describeApi(all())
    return (made ??= { document, page: renderPage(document) })
  }
  return [
    defineOpenRoute({
      method: 'get',
      path: '/openapi.json',
      summary: 'This document',
      answers: { 200: anyFields },
      handle: () => Promise.resolve({ status: 200, body: (made ?? make()).document } as const),
    }),
    defineOpenRoute({
      method: 'get',
      path: '/docs',
      summary: 'This document, as a page to read',
      answers: { 200: { body: z.string(), type: 'text/html' } },
      handle: () => Promise.resolve({ status: 200, body: (made ?? make()).page } as const),
    }),
  ]
}
