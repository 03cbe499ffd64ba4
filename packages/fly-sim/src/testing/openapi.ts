import { readFileSync } from 'node:fs'
import { Ajv, type ValidateFunction } from 'ajv'
import { openApiFile } from '../config.ts'

/**
 * Fly's OpenAPI file as a judge of what the stand-in says. The file says nothing about most errors and hardly anything
 * is required, so it is made stricter (no unknown fields) and corrected where the sources show that Fly itself departs
 * from it. Each correction is a row of docs/fidelity.md.
 */
type Schema = {
  type?: string
  properties?: Record<string, Schema>
  items?: Schema
  additionalProperties?: unknown
  allOf?: Schema[]
  $ref?: string
}
type Operation = {
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
  requestBody?: { content: Record<string, { schema: Schema }> }
}
export type OpenApi = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

export type Correction = { what: string; source: string; apply: (file: OpenApi) => void }

function properties(file: OpenApi, schema: string): Record<string, Schema> {
  const found = file.components.schemas[schema]?.properties
  if (!found) throw new Error(`the OpenAPI file has no schema ${schema} with properties`)
  return found
}

function envelope(file: OpenApi, method: string, status: string, data: Schema): void {
  const path = '/v1/apps/{app_name}/machines/{machine_id}/lease'
  const response = file.paths[path]?.[method]?.responses[status]
  if (response)
    response.content = {
      'application/json': {
        schema: {
          type: 'object',
          properties: { status: { type: 'string' }, data },
          additionalProperties: false,
        },
      },
    }
}

const LEASE: Schema = { $ref: '#/components/schemas/Lease' }

export const CORRECTIONS: readonly Correction[] = [
  {
    what: 'MachineEvent.request is null on events without a payload; the file says object',
    source: 'public client, measured 2026-09-20',
    apply: (file) => void (properties(file, 'MachineEvent')['request'] = {}),
  },
  {
    what: 'services[].autostop is answered as false or true for off and stop; the file says string',
    source: "the field's own description; fly-go MarshalJSON",
    apply: (file) => void (properties(file, 'fly.MachineService')['autostop'] = {}),
  },
  {
    what: 'lease answers come in an envelope {status, data}; the file shows a bare Lease',
    source: 'docs machines/_machines_lease_create_resp.erb; fly-go machine_types.go',
    apply: (file) => {
      envelope(file, 'get', '200', LEASE)
      envelope(file, 'post', '201', LEASE)
      envelope(file, 'delete', '200', { type: 'object' })
    },
  },
  {
    what: 'GET /v1/platform/regions answers {"Regions": …} with a capital; the file says regions',
    source: 'formae-plugin-fly route probes, 2026-08-21',
    apply: (file) => {
      const known = properties(file, 'main.regionResponse')
      if (known['regions']) known['Regions'] = known['regions']
    },
  },
  {
    what: 'POST /v1/apps takes app_name as well as name',
    source: 'docs machines/api/apps-resource',
    apply: (file) => void (properties(file, 'CreateAppRequest')['app_name'] = { type: 'string' }),
  },
  {
    what: 'a null among the values of a secrets write unsets; the file types values as string',
    source: "the operation's own description; fly-go flaps_secrets.go",
    apply: (file) => void (properties(file, 'AppSecretsUpdateRequest')['values'] = { type: 'object' }),
  },
  {
    what: 'null among metadata removes a key; the file types values as string',
    source: "the operation's own description",
    apply: (file) => void (properties(file, 'updateMetadataRequest')['metadata'] = { type: 'object' }),
  },
]

/** Errors carry this schema whatever the file declares; apps answer 401 with `message` instead (measured). */
const ERROR_SCHEMA: Schema = {
  type: 'object',
  properties: {
    error: { type: 'string' },
    message: { type: 'string' },
    status: { type: 'string' },
    details: { type: 'object' },
  },
  additionalProperties: false,
}

export class OpenApiJudge {
  readonly file: OpenApi
  readonly #ajv: Ajv
  readonly #compiled = new Map<string, ValidateFunction>()
  readonly #templates: { template: string; pattern: RegExp; literals: number }[]

  constructor(text: string, corrections: readonly Correction[]) {
    this.file = JSON.parse(text) as OpenApi
    for (const correction of corrections) correction.apply(this.file)
    for (const schema of Object.values(this.file.components.schemas)) forbidUnknownFields(schema)
    this.#ajv = new Ajv({ strict: false, allErrors: true })
    this.#ajv.addSchema(this.file, 'fly')
    this.#templates = Object.keys(this.file.paths).map((template) => ({
      template,
      pattern: new RegExp(`^${template.replace(/\{[^}]+\}/gu, '[^/]+')}$`, 'u'),
      literals: template.split('/').filter((segment) => !segment.startsWith('{')).length,
    }))
  }

  /** null: right. Else what is wrong. */
  judgeResponse(method: string, path: string, status: number, body: unknown): string | null {
    const operation = this.#operation(method, path)
    if (!operation)
      return status === 404 || status === 405 || status === 401
        ? null
        : `${method} ${path} is not in the file`
    if (status >= 400) return this.#check(`error`, ERROR_SCHEMA, body)
    const declared = operation.responses[String(status)]
    if (!declared) return `${method} ${path} may not answer ${status}`
    const schema = Object.values(declared.content ?? {})[0]?.schema
    return schema ? this.#check(`${method} ${path} ${status}`, schema, body) : null
  }

  judgeRequest(method: string, path: string, body: unknown): string | null {
    const schema = Object.values(this.#operation(method, path)?.requestBody?.content ?? {})[0]?.schema
    return schema ? this.#check(`${method} ${path} request`, schema, body) : null
  }

  #operation(method: string, path: string): Operation | undefined {
    const bare = path.split('?')[0] ?? path
    const fitting = this.#templates
      .filter(({ pattern }) => pattern.test(bare))
      .sort((a, b) => b.literals - a.literals)[0]
    return fitting && this.file.paths[fitting.template]?.[method.toLowerCase()]
  }

  #check(name: string, schema: Schema, body: unknown): string | null {
    const text = JSON.stringify(schema).replaceAll('"#/', '"fly#/')
    const validate = this.#compiled.get(text) ?? this.#ajv.compile(JSON.parse(text) as object)
    this.#compiled.set(text, validate)
    return validate(body) ? null : `${name}: ${this.#ajv.errorsText(validate.errors)} in ${shown(body)}`
  }
}

function forbidUnknownFields(schema: Schema): void {
  if (schema.properties && schema.additionalProperties === undefined && !schema.allOf)
    schema.additionalProperties = false
  for (const property of Object.values(schema.properties ?? {})) forbidUnknownFields(property)
  if (schema.items) forbidUnknownFields(schema.items)
}

/** null when FLY_OPENAPI_FILE is not set. `without` leaves one correction out. */
export function openApiJudge(options: { without?: Correction } = {}): OpenApiJudge | null {
  const file = openApiFile()
  if (file === undefined || file === '') return null
  const corrections = CORRECTIONS.filter((correction) => correction !== options.without)
  return new OpenApiJudge(readFileSync(file, 'utf8'), corrections)
}

/** JSON.stringify gives undefined for no body at all. */
const shown = (body: unknown) => (body === undefined ? 'no body' : JSON.stringify(body).slice(0, 600))
