/** docs/go-shim.md is what Go developers work from: each of its JSON examples fits the schemas of the call it is about. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { z } from 'zod'
import type { Route } from '../../http/route.ts'
import { findShown } from '../../http/answer-fields.ts'
import { describeApi } from '../../openapi/document.ts'
import { allRoutes } from '../index.ts'

const page = readFileSync(new URL('../../../../../docs/go-shim.md', import.meta.url), 'utf8')
const shim = allRoutes.filter(({ path }) => path.startsWith('/shim/v1/'))

type Example = { json: string; routes: Route[] }

/** The calls that a line names. */
function routesIn(line: string): Route[] {
  return [...line.matchAll(/`(GET|POST) (\/shim\/v1\/[a-z/]+)/g)].flatMap(([, method = '', path]) =>
    shim.filter((route) => route.path === path && route.method === method.toLowerCase()),
  )
}

/** Blocks of JSON, and JSON in a line, each about the calls that were named last before it. */
function examplesIn(text: string): Example[] {
  const found = [...text.matchAll(/```json\n([^]*?)```|`(\{ [^`]*)`/g)]
  return found.map(({ 1: block, 2: inline, index }) => {
    const before = text.slice(0, index).split('\n')
    const routes = before.map(routesIn).findLast((some) => some.length > 0) ?? []
    return { json: block ?? inline ?? '', routes }
  })
}

/** An item of a batch is judged by itself, after its batch: here it has to fit at once. */
function whole(schema: z.ZodType): z.ZodType {
  if (!(schema instanceof z.ZodObject)) return schema
  const { items } = schema.shape as Record<string, z.ZodType | undefined>
  const item = items instanceof z.ZodArray ? findShown(items.element) : undefined
  return item ? schema.extend({ items: z.array(item) }) : schema
}

function schemasOf(routes: readonly Route[]): { request: z.ZodType[]; answer: z.ZodType[] } {
  const answer = routes.flatMap(({ answers }) => {
    const ok = answers[200]
    const body = ok instanceof z.ZodType ? ok : ok?.body
    return body ? [body] : []
  })
  const request = routes.flatMap(({ reads }) => (reads?.body ? [whole(reads.body)] : []))
  return { request, answer }
}

const examples = examplesIn(page)

describe.each(examples)('$json', ({ json, routes }) => {
  test('fits what the call reads or answers', () => {
    expect(routes.length).toBeGreaterThan(0)
    const value = JSON.parse(json) as unknown
    const { request, answer } = schemasOf(routes)
    const errors = [...request, ...answer].map((schema) => schema.safeParse(value).error?.message)
    expect(errors).toContain(undefined)
  })
})

test('what the Go module sends and reads are fields of these schemas', () => {
  const types = readFileSync(new URL('../../../../../sdk/go/shim/types.go', import.meta.url), 'utf8')
  const names = [...types.matchAll(/`json:"(\w+)[",]/g)].map(([, name = '']) => name)
  const { paths, components } = describeApi(shim)
  const known = JSON.stringify([paths, components])
  // The shared backend's own mark on its traders; Hangar never sees it.
  const unknown = names.filter((name) => name !== 'built_in' && !known.includes(`"${name}":{`))
  expect(names.length).toBeGreaterThan(30)
  expect(unknown).toEqual([])
})

test('every call of the shim has an example', () => {
  const shown = new Set(examples.flatMap(({ routes }) => routes))
  expect(shim.filter((route) => !shown.has(route)).map(({ path }) => path)).toEqual([])
  expect(examples.length).toBeGreaterThanOrEqual(10)
})

test('an example that does not fit is found', () => {
  const [wrong] = examplesIn('`POST /shim/v1/signals` sends `{ "items": [{ "client_id": "1" }] }`.')
  const { request } = schemasOf(wrong?.routes ?? [])
  expect(request.map((schema) => schema.safeParse(JSON.parse(wrong?.json ?? '')).success)).toEqual([false])
})
