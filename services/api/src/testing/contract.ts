/**
 * Holds what a test server answers against the OpenAPI document: an undeclared status, media type, header or field is
 * a complaint, and so is a request that was accepted although the document says it is wrong.
 */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import { z } from 'zod'
import type { Route } from '../http/route.ts'
import { describeApi, type OpenApiDocument } from '../openapi/document.ts'
import { pathOf, type Operation } from '../openapi/operation.ts'
import { allRoutes } from '../routes/index.ts'

/** Pages for a browser, and Bull Board: no part of what programs are promised. */
const IS_PAGE = /^\/admin(?!\/session\/?$)(\/|$)/

/** An item that is wrong does not fail its batch, so what these accept need not fit. */
const TAKES_WRONG_ITEMS = /^\/shim\/v1\/(signals|executions)$/

export type Contract = {
  /** `app`, with each of its answers looked at before it leaves. */
  watch(app: RequestListener): RequestListener
  /** What was wrong since this was last asked. */
  takeComplaints: () => string[]
}

type Exchange = { request: IncomingMessage; response: ServerResponse; text: string }

export function createContract(routes: readonly Route[] = allRoutes): Contract {
  const complaints: string[] = []
  const checks = createChecks(routes)
  // Thrown inside of Express, it would become an answer.
  const judge = (...args: Parameters<typeof checks.judge>) => {
    try {
      return checks.judge(...args)
    } catch (error) {
      return [String(error)]
    }
  }
  return {
    takeComplaints: () => complaints.splice(0),
    watch: (app) => (request, response) => {
      // As it came: Express rewrites it on the way.
      const { method = '', url = '' } = request
      onEnd(response, (text) => {
        for (const problem of judge(method, url, { request, response, text }))
          complaints.push(`${method} ${url} answered ${response.statusCode}: ${problem}`)
      })
      app(request, response)
    },
  }
}

/** The whole body, just before its end is sent: a test that has its answer finds the complaint there already. */
function onEnd(response: ServerResponse, judge: (text: string) => void): void {
  const chunks: Buffer[] = []
  const keep = (chunk: unknown) => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk))
  }
  const write = response.write.bind(response)
  const end = response.end.bind(response)
  response.write = (...args: unknown[]) => {
    keep(args[0])
    return Reflect.apply(write, response, args) as boolean
  }
  response.end = (...args: unknown[]) => {
    keep(args[0])
    judge(Buffer.concat(chunks).toString('utf8'))
    return Reflect.apply(end, response, args) as ServerResponse
  }
}

function createChecks(routes: readonly Route[]) {
  const described = new Map<Route | null, Described>()
  // One endpoint at a time: most test files ask for few, and the whole document takes a while.
  const describe = (route: Route | null): Described => {
    const known = described.get(route) ?? new Described(route)
    described.set(route, known)
    return known
  }
  return {
    judge(method: string, url: string, exchange: Exchange): string[] {
      const path = url.split('?')[0] ?? ''
      if (IS_PAGE.test(path)) return []
      const here = routes.filter((route) => patternOf(route.path).test(path))
      const asked = method === 'HEAD' ? 'get' : method.toLowerCase()
      const route = here.find((one) => one.method === asked)
      if (route) return describe(route).judge(exchange)
      const code = here.length > 0 ? 'MethodNotAllowed' : 'NotFound'
      return describe(null).judgeProblem(`Problem${code}`, exchange)
    },
  }
}

/** As Express matches: any case, with or without a slash at the end. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}/?$`, 'i')
}

class Described {
  readonly #document: OpenApiDocument
  readonly #operation: Operation | undefined
  readonly #path: string
  readonly #compiled = new Map<string, ValidateFunction>()
  readonly #ajv = new Ajv2020({
    strictTypes: false,
    strictRequired: false,
    allErrors: true,
    formats: FORMATS,
  })

  constructor(route: Route | null) {
    this.#path = route?.path ?? ''
    this.#document = describeApi(route ? [route] : [])
    this.#operation = route ? this.#document.paths[pathOf(route)]?.[route.method] : undefined
    this.#ajv.addSchema(atHome({ $id: 'api', $defs: this.#document.components.schemas }))
  }

  judge({ request, response, text }: Exchange): string[] {
    const declared = this.#operation?.responses[response.statusCode]
    if (!declared) return ['the status is not declared']
    const missing = Object.keys(declared.headers ?? {}).filter((name) => !response.hasHeader(name))
    return [
      ...missing.map((name) => `the header ${name} is declared and not there`),
      ...this.#judgeBody(declared.content ?? {}, response, request.method === 'HEAD' ? null : text),
      ...(response.statusCode < 300 ? this.#judgeRequest(request) : []),
    ]
  }

  judgeProblem(name: string, { response, request, text }: Exchange): string[] {
    const schema = { $ref: `#/components/schemas/${name}` }
    return this.#judgeBody(
      { 'application/problem+json': { schema } },
      response,
      request.method === 'HEAD' ? null : text,
    )
  }

  #judgeBody(
    content: NonNullable<Operation['responses'][string]['content']>,
    response: ServerResponse,
    text: string | null,
  ): string[] {
    const type = String(response.getHeader('content-type') ?? '').split(';')[0] ?? ''
    if (Object.keys(content).length === 0) return text ? ['a body is not declared'] : []
    const declared = content[type]
    if (!declared) return [`the media type ${type || '(none)'} is not declared`]
    if (text === null) return []
    return this.#violations(declared.schema, type.endsWith('json') ? (JSON.parse(text) as unknown) : text)
  }

  /** Express's parsers leave what they read on the request. */
  #judgeRequest(request: IncomingMessage & { body?: unknown }): string[] {
    const declared = this.#operation?.requestBody?.content['application/json']
    if (!declared || request.body === undefined || Buffer.isBuffer(request.body)) return []
    if (TAKES_WRONG_ITEMS.test(this.#path)) return []
    // A batch is left as text, because its numbers have to stay as they were written.
    const body: unknown = typeof request.body === 'string' ? JSON.parse(request.body) : request.body
    return this.#violations(declared.schema, body).map((one) => `its request was accepted: ${one}`)
  }

  #violations(schema: object, value: unknown): string[] {
    const key = JSON.stringify(schema)
    const validate = this.#compiled.get(key) ?? this.#ajv.compile(atHome(schema))
    this.#compiled.set(key, validate)
    if (validate(value)) return []
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${instancePath || 'the body'} ${message ?? ''} ${JSON.stringify(params)}`,
    )
  }
}

/** With its references to the document's components as JSON Schema, and so Ajv, has them. */
function atHome(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"api#/$defs/')) as object
}

const passes = (schema: z.ZodType) => (text: string) => schema.safeParse(text).success

/** The formats in use; Ajv refuses any other. */
const FORMATS = {
  uuid: passes(z.guid()),
  'date-time': passes(z.iso.datetime({ offset: true })),
}
