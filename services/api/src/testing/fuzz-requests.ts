/**
 * Requests made from the OpenAPI document: mostly as it asks for them, with some part wrong every so often, about users
 * and things that are there and some that are not.
 */
import fc from 'fast-check'
import type { OpenApiDocument } from '../openapi/document.ts'
import type { Operation, Parameter } from '../openapi/operation.ts'
import type { JsonSchema } from '../openapi/schemas.ts'

export type FuzzedRequest = {
  method: string
  /** With its query. */
  url: string
  headers: Record<string, string>
  /** As it is sent; undefined: none. */
  body: string | undefined
}

type Headers = Record<string, string>
/** What opens an operation, by the name of its security scheme. */
export type Credentials = Readonly<Record<string, readonly Headers[]>>

/** Values that are there, by the name of the parameter or field that may hold them. */
export type Known = Readonly<Record<string, readonly string[]>>

const JUNK_TEXT = [
  '',
  ' ',
  'x'.repeat(300),
  '\u0000',
  'a\u0000b',
  '💥',
  '\ud800',
  "' or 1=1 --",
  '../../etc/passwd',
  '%00',
  '%E0%A4%A',
  '-1',
  '0',
  '1e400',
  '9007199254740993',
  '99999999999999999999',
  'NaN',
  'true',
  'null',
  '00000000-0000-0000-0000-000000000000',
  '2026-02-30T25:00:00Z',
  '9999-12-31T23:59:59Z',
  '__proto__',
  'constructor',
]
const JUNK: readonly unknown[] = [
  ...JUNK_TEXT,
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 53,
  [],
  [[[[]]]],
  {},
  { a: { b: { c: null } } },
  Array.from({ length: 50 }, (_, n) => n),
]
const MALFORMED = [
  '',
  '{',
  '[]',
  'null',
  '"text"',
  '1',
  '{"a":1,}',
  '\u0000',
  '{"__proto__":{"x":1}}',
  `[${'['.repeat(5_000)}`,
]

/** One of these in so many is junk. */
const ODDS = 25

export function fuzzedRequests(
  document: OpenApiDocument,
  options: { known: Known; credentials: Credentials; skip: ReadonlySet<string> },
): fc.Arbitrary<FuzzedRequest> {
  const make = new Maker(document, options.known)
  const requestsFor = (method: string, path: string, operation: Operation) =>
    fc
      .record({
        parameters: make.parameters(operation.parameters ?? []),
        body: make.body(operation),
        credential: credentialFor(operation, options.credentials),
      })
      .map(({ parameters, body, credential }): FuzzedRequest => ({
        method,
        url: addressOf(path, parameters),
        headers: { ...headersOf(parameters), ...credential },
        body,
      }))
  const each = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method]) => !options.skip.has(`${method} ${path}`))
      .map(([method, operation]) => ({
        // What changes something is what may go wrong.
        weight: method === 'get' ? 1 : 3,
        arbitrary: requestsFor(method, path, operation),
      })),
  )
  return fc.oneof(...each)
}

/** Mostly one that opens it, sometimes any, or none. */
function credentialFor({ security }: Operation, credentials: Credentials): fc.Arbitrary<Headers> {
  const right = security.flatMap((schemes) => Object.keys(schemes).flatMap((name) => credentials[name] ?? []))
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...(right.length > 0 ? right : [{}])) },
    { weight: 1, arbitrary: fc.constantFrom({}, ...Object.values(credentials).flat()) },
  )
}

type Given = { parameter: Parameter; value: string }

class Maker {
  readonly #document: OpenApiDocument
  readonly #known: Known

  constructor(document: OpenApiDocument, known: Known) {
    this.#document = document
    this.#known = known
  }

  parameters(parameters: readonly Parameter[]): fc.Arbitrary<Given[]> {
    const each = parameters.map((parameter) => {
      const value = this.value(parameter.schema, parameter.name).map(asText)
      const given = value.map((text): Given | null => ({ parameter, value: text }))
      return parameter.required ? given : fc.option(given, { freq: 1 })
    })
    return fc.tuple(...each).map((all) => all.filter((one) => one !== null))
  }

  body({ requestBody }: Operation): fc.Arbitrary<string | undefined> {
    const schema = requestBody?.content['application/json']?.schema
    if (!schema) return fc.constantFrom(undefined, undefined, '{}', '{')
    return fc.oneof(
      { weight: ODDS, arbitrary: this.value(schema, 'body').map((value) => JSON.stringify(value)) },
      { weight: 1, arbitrary: fc.constantFrom(undefined, ...MALFORMED) },
    )
  }

  value(schema: JsonSchema, name: string, depth = 0): fc.Arbitrary<unknown> {
    const known = this.#known[name]
    const usual = known
      ? fc.oneof(fc.constantFrom(...known), this.#usual(schema, name, depth))
      : this.#usual(schema, name, depth)
    return fc.oneof({ weight: ODDS, arbitrary: usual }, { weight: 1, arbitrary: fc.constantFrom(...JUNK) })
  }

  #usual(schema: JsonSchema, name: string, depth: number): fc.Arbitrary<unknown> {
    const { $ref, const: only, enum: words, oneOf, anyOf, allOf, type } = schema as Shape
    const again = (one: JsonSchema) => this.#usual(one, name, depth)
    if ($ref !== undefined)
      return again(this.#document.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {})
    if (only !== undefined) return fc.constant(only)
    if (words) return fc.constantFrom(...words)
    const choices = oneOf ?? anyOf ?? allOf
    if (choices) return fc.oneof(...choices.map(again))
    if (Array.isArray(type)) return fc.oneof(...type.map((one) => again({ ...schema, type: one })))
    return this.#typed(schema, name, depth)
  }

  #typed(shape: Shape, name: string, depth: number): fc.Arbitrary<unknown> {
    switch (shape.type) {
      case 'string':
        return textOf(shape)
      case 'integer':
        return integerOf(shape)
      case 'number':
        return fc.double({ min: shape.minimum ?? -10, max: shape.maximum ?? 1_000, noNaN: true })
      case 'boolean':
        return fc.boolean()
      case 'null':
        return fc.constant(null)
      case 'array':
        return fc.array(this.value(shape.items ?? {}, name, depth + 1), {
          minLength: Math.min(shape.minItems ?? 0, 3),
          maxLength: 4,
        })
      default:
        return depth > 4 ? fc.constant({}) : this.#object(shape, depth)
    }
  }

  #object({ properties = {}, required = [] }: Shape, depth: number): fc.Arbitrary<unknown> {
    const fields = Object.fromEntries(
      Object.entries(properties).map(([name, schema]) => [name, this.value(schema, name, depth + 1)]),
    )
    const optional = Object.keys(fields).filter((name) => !required.includes(name))
    const usual = fc.record(fields, {
      requiredKeys: Object.keys(fields).filter((name) => !optional.includes(name)),
    })
    const all = fc.oneof(
      { weight: 4, arbitrary: usual },
      { weight: 2, arbitrary: fc.record(fields) },
      { weight: 1, arbitrary: fc.record(fields, { requiredKeys: [] }) },
    )
    return fc.oneof(
      { weight: ODDS, arbitrary: all },
      { weight: 1, arbitrary: all.map((value) => ({ ...value, nobody_knows_this: 1 })) },
    )
  }
}

type Shape = {
  $ref?: string
  const?: unknown
  enum?: unknown[]
  oneOf?: JsonSchema[]
  anyOf?: JsonSchema[]
  allOf?: JsonSchema[]
  type?: string | string[]
  format?: string
  pattern?: string
  minLength?: number
  maxLength?: number
  minimum?: number
  maximum?: number
  minItems?: number
  items?: JsonSchema
  properties?: Record<string, JsonSchema>
  required?: string[]
}

/** Near its limits, where they are in reach. */
function integerOf({ minimum, maximum }: Shape): fc.Arbitrary<number> {
  const isNear = (limit: number | undefined) => limit !== undefined && Math.abs(limit) < 2 ** 31
  const min = isNear(minimum) ? (minimum ?? 0) : -10
  return fc.integer({ min, max: isNear(maximum) ? (maximum ?? 0) : min + 1_000 })
}

function textOf({ format, pattern, minLength = 0, maxLength = 40 }: Shape): fc.Arbitrary<string> {
  if (format === 'uuid') return fc.uuid()
  if (format === 'date-time')
    return fc
      .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString())
  // What looks ahead only forbids some of what matches otherwise: that is as good as any junk.
  if (pattern !== undefined)
    return fc.stringMatching(new RegExp(pattern.replaceAll(/\(\?!.*?\$\)/g, '')), { size: 'small' })
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, 40)) })
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What cannot stand in an address or a header is sent as close to it as can be. */
function addressOf(path: string, given: readonly Given[]): string {
  let url = path
  const query: string[] = []
  for (const { parameter, value } of given) {
    const text = encodeURIComponent(value.toWellFormed())
    if (parameter.in === 'path') url = url.replace(`{${parameter.name}}`, text || '%20')
    if (parameter.in === 'query') query.push(`${parameter.name}=${text}`)
  }
  return query.length > 0 ? `${url}?${query.join('&')}` : url
}

function headersOf(given: readonly Given[]): Record<string, string> {
  return Object.fromEntries(
    given
      .filter(({ parameter }) => parameter.in === 'header')
      .map(({ parameter, value }) => [parameter.name, value.replaceAll(/[^\x20-\x7e]/g, '?')]),
  )
}
