/** One declared endpoint as an OpenAPI operation. */
import { STATUS_CODES } from 'node:http'
import { ERRORS, type ErrorCode } from '@hangar/core'
import { z } from 'zod'
import type { Access, Answer } from '../http/declaration.ts'
import { problemSchema } from '../http/problem-codes.ts'
import { idempotencyHeader, takesIdempotencyKey } from '../http/idempotency.ts'
import type { Route } from '../http/route.ts'
import type { JsonSchema, Schemas } from './schemas.ts'

export type Parameter = {
  name: string
  in: 'path' | 'query' | 'header'
  required: boolean
  description?: string
  schema: JsonSchema
}

export type Content = Record<string, { schema: JsonSchema }>

export type ResponseObject = {
  description: string
  headers?: Record<string, { description: string; schema: JsonSchema }>
  content?: Content
}

export type Operation = {
  operationId: string
  tags: string[]
  summary: string
  description?: string
  /** The least role; absent where it takes no person's or program's credential. */
  'x-least-role'?: string
  security: Record<string, never[]>[]
  parameters?: Parameter[]
  requestBody?: { required: boolean; content: Content }
  responses: Record<string, ResponseObject>
}

const PROBLEM_TYPE = 'application/problem+json'

/** What a caller has to show: one of the list, and of that everything. Named in the document's security schemes. */
const SECURITY: Record<Access, Record<string, never[]>[]> = {
  viewer: [{ bearer: [] }, { apikey: [] }, { session: [] }],
  operator: [{ bearer: [] }, { apikey: [] }, { session: [] }],
  admin: [{ bearer: [] }, { apikey: [] }, { session: [] }],
  session: [{ session: [] }],
  app: [{ appToken: [], flyMachine: [] }],
  shared: [{ sharedToken: [] }],
  sender: [{ webhookSignature: [] }, { webhookSecret: [] }],
  anyone: [],
}
const ROLE_NEEDED: ReadonlySet<Access> = new Set(['viewer', 'operator', 'admin'])

export function operationOf(route: Route, schemas: Schemas): Operation {
  const parameters = (['path', 'query', 'header'] as const).flatMap((where) =>
    parametersOf(where, route.reads?.[where], schemas),
  )
  if (takesIdempotencyKey(route)) parameters.push(...parametersOf('header', idempotencyHeader, schemas))
  const { body } = route.reads ?? {}
  return {
    operationId: idOf(route),
    tags: [tagOf(route.path)],
    summary: route.summary,
    ...(route.description === undefined ? {} : { description: route.description }),
    ...(ROLE_NEEDED.has(route.access) ? { 'x-least-role': route.access } : {}),
    security: SECURITY[route.access],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: requestBodyOf(body, schemas) }),
    responses: responsesOf(route, schemas),
  }
}

/** `/v1/apps/:userId` in OpenAPI's way of writing it. */
export function pathOf({ path }: Pick<Route, 'path'>): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

/** `get-v1-apps-userId`: stays as it is for as long as method and path do. */
function idOf({ method, path }: Route): string {
  return [method, ...path.split(/[/:.]+/).filter((part) => part !== '')].join('-')
}

/** `/v1/apps/…` belongs to apps, `/shim/v1/…` to shim. */
export function tagOf(path: string): string {
  const [first = '', second] = path.split('/').slice(1)
  // A list and the same as a file belong together.
  if (first === 'v1') return second?.replace(/\.\w+$/, '') ?? first
  return second === undefined ? 'service' : first
}

function parametersOf(where: Parameter['in'], schema: z.ZodType | undefined, schemas: Schemas): Parameter[] {
  if (!schema) return []
  const { properties = {}, required = [] } = schemas.show(schema) as {
    properties?: Record<string, JsonSchema>
    required?: string[]
  }
  return Object.entries(properties).map(([name, { description, ...shown }]) => ({
    name,
    in: where,
    required: required.includes(name),
    ...(typeof description === 'string' ? { description } : {}),
    schema: shown,
  }))
}

/** No body at all is read as `{}`. */
function requestBodyOf(schema: z.ZodType, schemas: Schemas) {
  const content = { 'application/json': { schema: schemas.show(schema) } }
  return { required: !schema.safeParse({}).success, content }
}

function responsesOf(route: Route, schemas: Schemas): Operation['responses'] {
  const statuses = [
    ...Object.keys(route.answers).map(Number),
    ...route.problems.map((code) => ERRORS[code].status),
  ]
  const sorted = [...new Set(statuses)].sort((a, b) => a - b)
  return Object.fromEntries(sorted.map((status) => [status, responseOf(status, route, schemas)]))
}

function responseOf(status: number, route: Route, schemas: Schemas): ResponseObject {
  const declared = route.answers[status]
  const answer: Answer | undefined = declared instanceof z.ZodType ? { body: declared } : declared
  const codes = route.problems.filter((code) => ERRORS[code].status === status)
  const { body, headers, type = 'application/json' } = answer ?? {}
  const said = answer && (answer.description ?? body?.description ?? STATUS_CODES[status] ?? '')
  const content: Content = {
    ...(body ? { [type]: { schema: schemas.show(body) } } : {}),
    ...(codes.length > 0 ? { [PROBLEM_TYPE]: { schema: problemOf(codes, schemas) } } : {}),
  }
  return {
    description: [said, ...codes.map((code) => `\`${code}\`: ${ERRORS[code].publicMessage}`)]
      .filter((part) => part !== undefined)
      .join('\n\n'),
    ...(headers ? { headers: headersOf(headers) } : {}),
    ...(Object.keys(content).length > 0 ? { content } : {}),
  }
}

function headersOf(headers: Readonly<Record<string, string>>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  )
}

function problemOf(codes: readonly ErrorCode[], schemas: Schemas): JsonSchema {
  const [only, ...others] = codes.map((code) => schemas.showAs(problemName(code), problemSchema(code)))
  return only !== undefined && others.length === 0 ? only : { oneOf: [only, ...others] }
}

/** `unknown_user` is `ProblemUnknownUser`. */
export function problemName(code: ErrorCode): string {
  return `Problem${code.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}`
}
