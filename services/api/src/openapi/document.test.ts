/** The document says what is mounted, all of it, and leaves nothing open by accident. */
import { expect, test } from '@jest/globals'
import express, { type Express } from 'express'
import request from 'supertest'
import { styleHash } from '../http/security-headers.ts'
import { allRoutes } from '../routes/index.ts'
import { createContract } from '../testing/contract.ts'
import { useApi } from '../testing/harness.ts'
import { describeApi } from './document.ts'
import type { JsonSchema } from './schemas.ts'

const api = useApi()
const document = describeApi(allRoutes)

type Layer = {
  route?: { path: string; methods: Record<string, boolean> }
  handle: { stack?: Layer[] }
}

/** `get /v1/apps` for every handler in Express, however deep; `all /v1/apps` for the one that says 405. */
function mounted(stack: Layer[]): string[] {
  return stack.flatMap(({ route, handle }) => {
    if (!route) return mounted(handle.stack ?? [])
    const [method = 'all', ...others] = Object.keys(route.methods)
    return [`${others.length > 0 ? 'all' : method} ${route.path}`]
  })
}

test('every route is declared, and every declared route is mounted', () => {
  const { stack } = (api.express as Express & { router: { stack: unknown } }).router as { stack: Layer[] }
  const pages = new Set(['get /assets/:file', 'get /.*/'])
  const found = mounted(stack).filter((route) => !pages.has(route))
  const declared = allRoutes.flatMap(({ method, path }) => [`${method} ${path}`, `all ${path}`])
  expect(declared.length).toBeGreaterThan(60)
  expect(found.sort()).toEqual([...new Set(declared)].sort())
})

test('every endpoint has a name of its own, and says in a line what it is for', () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
  const names = operations.map((operation) => operation.operationId)
  expect(new Set(names).size).toBe(names.length)
  for (const { summary } of operations) expect(summary).toMatch(/^[^\n]{4,100}$/)
})

/** Paths of the objects in it that say nothing about other fields than their own. */
function openObjects(value: unknown, at: string): string[] {
  if (typeof value !== 'object' || value === null) return []
  const { properties, additionalProperties } = value as JsonSchema
  const open = properties !== undefined && additionalProperties === undefined
  return [
    ...(open ? [at] : []),
    ...Object.entries(value).flatMap(([key, part]) => openObjects(part, `${at}/${key}`)),
  ]
}

test('answers are closed: a field that is not declared is none', () => {
  const answers = Object.entries(document.paths).map(([path, methods]) =>
    Object.values(methods).map(({ responses }) => openObjects(responses, path)),
  )
  expect(answers.flat(2)).toEqual([])
  expect(openObjects(document.components.schemas, '')).toEqual([])
})

test('GET /openapi.json is the document', async () => {
  const response = await request(api.app).get('/openapi.json')
  expect(response.status).toBe(200)
  expect(response.body).toEqual(JSON.parse(JSON.stringify(document)))
})

test('GET /docs shows every endpoint and type, without a script and without asking elsewhere', async () => {
  const response = await request(api.app).get('/docs')
  expect(response.status).toBe(200)
  const style = /<style>([^]*)<\/style>/.exec(response.text)?.[1] ?? ''
  expect(response.headers['content-security-policy']).toContain(`style-src 'self' ${styleHash(style)};`)
  for (const path of Object.keys(document.paths)) expect(response.text).toContain(`<code>${path}</code>`)
  for (const name of Object.keys(document.components.schemas)) expect(response.text).toContain(`id="${name}"`)
  expect(response.text).not.toMatch(/<(script|link|img|iframe)|@import|url\(|(src|href)="(https?:)?\/\//)
  const targets = [...response.text.matchAll(/href="#([^"]+)"/g)].map(([, id = '']) => id)
  expect(targets.filter((id) => !response.text.includes(`id="${id}"`))).toEqual([])
})

test.each<[string, string, (app: Express) => unknown, string]>([
  [
    'an undeclared endpoint',
    '/v1/secrets',
    (app) => app.get('/v1/secrets', (_, to) => to.json({})),
    'media type',
  ],
  [
    'an undeclared status',
    '/healthz',
    (app) => app.get('/healthz', (_, to) => to.status(418).json({})),
    'status',
  ],
  [
    'an undeclared field',
    '/healthz',
    (app) => app.get('/healthz', (_, to) => to.json({ status: 'ok', since: 1 })),
    'since',
  ],
  ['a missing field', '/healthz', (app) => app.get('/healthz', (_, to) => to.json({})), "'status'"],
  ['another media type', '/healthz', (app) => app.get('/healthz', (_, to) => to.send('ok')), 'text/html'],
])('%s fails the test that sees its answer', async (_what, path, mount, complaint) => {
  const contract = createContract()
  const app = express()
  mount(app)
  await request(contract.watch(app as Parameters<typeof contract.watch>[0])).get(path)
  const complaints = contract.takeComplaints()
  expect(complaints).toHaveLength(1)
  expect(complaints[0]).toContain(complaint)
})
