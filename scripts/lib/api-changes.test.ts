import { expect, test } from '@jest/globals'
import { findBreaks, type ApiDocument, type Schema } from './api-changes.ts'

const object = (properties: Record<string, Schema>, required = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
})
const TEXT = { type: 'string' }
const PAGE = object({ items: { type: 'array', items: { $ref: '#/components/schemas/App' } } })
const APP = object({ id: TEXT, at: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] } })
const BODY = object({ reason: { ...TEXT, maxLength: 500 }, force: { type: 'boolean' } }, ['reason'])

type Change = {
  app?: Schema
  body?: Schema
  role?: string
  required?: boolean
  status?: string
  query?: Schema
  security?: Record<string, never[]>[]
}

function api(change: Change = {}): ApiDocument {
  const content = (schema: Schema) => ({ 'application/json': { schema } })
  return {
    paths: {
      '/v1/apps': {
        get: {
          'x-least-role': change.role ?? 'viewer',
          security: change.security ?? [{ bearer: [] }, { apikey: [] }],
          parameters: [
            { name: 'limit', in: 'query', required: change.required ?? false, schema: change.query ?? TEXT },
          ],
          responses: { [change.status ?? '200']: { content: content(PAGE) } },
        },
        post: {
          'x-least-role': 'operator',
          requestBody: { required: true, content: content(change.body ?? BODY) },
          responses: { '200': { content: content({ $ref: '#/components/schemas/App' }) } },
        },
      },
    },
    components: { schemas: { App: change.app ?? APP } },
  }
}

test('nothing changed, or only something added', () => {
  expect(findBreaks(api(), api())).toEqual([])
  const more = object({ ...(APP['properties'] as Record<string, Schema>), name: TEXT })
  expect(findBreaks(api(), api({ app: more }))).toEqual([])
  const alsoTaken = object({ ...(BODY['properties'] as Record<string, Schema>), dry: TEXT }, ['reason'])
  expect(findBreaks(api(), api({ body: alsoTaken }))).toEqual([])
  expect(findBreaks(api({ role: 'operator' }), api())).toEqual([])
  const oneMoreWay = [{ session: [] }, { bearer: [] }, { apikey: [] }]
  for (const security of [oneMoreWay, []]) expect(findBreaks(api(), api({ security }))).toEqual([])
})

test.each([
  ['one of them gone', { security: [{ bearer: [] }] }],
  ['more asked for at once', { security: [{ bearer: [], apikey: [] }, { apikey: [] }] }],
] as [string, Change][])('another credential is a break: %s', (_what, change) => {
  expect(findBreaks(api(), api(change))).toEqual([expect.stringContaining('takes another credential')])
})

test('a credential where there was none is a break', () => {
  expect(findBreaks(api({ security: [] }), api())).toHaveLength(1)
})

test.each<[string, Change, string]>([
  ["an answer's field gone", { app: object({ id: TEXT }) }, ': at is gone'],
  ["an answer's field that may be missing", { app: { ...APP, required: ['at'] } }, ': id may be missing now'],
  [
    "an answer's field that may be null",
    { app: object({ ...(APP['properties'] as Record<string, Schema>), id: { type: ['string', 'null'] } }) },
    'null is not among string',
  ],
  [
    "an answer's field of another type",
    { app: object({ ...(APP['properties'] as Record<string, Schema>), id: { type: 'integer' } }) },
    'integer is not among string',
  ],
  ['a status gone', { status: '201' }, 'no longer answers 200'],
  ['a higher role', { role: 'admin' }, 'takes a higher role: admin'],
  ['a parameter that is required now', { required: true }, 'requires the query parameter limit now'],
  ['a parameter with fewer values', { query: { ...TEXT, enum: ['10'] } }, 'anything is not taken any more'],
  [
    'a new required field of a body',
    { body: object({ ...(BODY['properties'] as Record<string, Schema>), tier: TEXT }) },
    ': tier is required now',
  ],
  ['a field of a body gone', { body: object({ reason: TEXT }) }, ': force is not taken any more'],
  [
    'a tighter limit',
    {
      body: object({ ...(BODY['properties'] as Record<string, Schema>), reason: { ...TEXT, maxLength: 5 } }, [
        'reason',
      ]),
    },
    'maxLength is tighter',
  ],
])('%s is a break', (_what, change, message) => {
  const breaks = findBreaks(api(), api(change))
  expect(breaks.length).toBeGreaterThan(0)
  expect(breaks.join('\n')).toContain(message)
})

test('an endpoint or a path gone is a break', () => {
  const after = api()
  delete after.paths['/v1/apps']?.['post']
  expect(findBreaks(api(), after)).toEqual(['POST /v1/apps is gone'])
  expect(findBreaks(api(), { ...after, paths: {} })).toEqual([
    'GET /v1/apps is gone',
    'POST /v1/apps is gone',
  ])
})

test("a problem document's detail gone is a break, another code under its status is not", () => {
  const withProblems = (codes: Record<string, Schema>): ApiDocument => {
    const document = api()
    const refs = Object.keys(codes).map((name) => ({ $ref: `#/components/schemas/${name}` }))
    const [get] = Object.values(document.paths['/v1/apps'] ?? {})
    if (get) get.responses['404'] = { content: { 'application/problem+json': { schema: { oneOf: refs } } } }
    return { ...document, components: { schemas: { App: APP, ...codes } } }
  }
  const before = withProblems({ ProblemOld: object({ detail: TEXT }) })
  const more = withProblems({ ProblemOld: object({ detail: TEXT }), ProblemNew: object({}) })
  expect(findBreaks(before, more)).toEqual([])
  expect(findBreaks(before, withProblems({ ProblemOld: object({}) }))).toEqual([
    'in ProblemOld: detail is gone',
  ])
})
