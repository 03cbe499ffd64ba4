/**
 * Zod schemas as JSON Schema, in the form that goes over the wire. A schema named with `.meta({ id })` becomes a
 * component that others refer to.
 */
import { z } from 'zod'
import { findShown } from '../http/answer-fields.ts'

export type JsonSchema = { [key: string]: unknown }

export type Schemas = {
  /** The schema, or a reference to its component. */
  show(schema: z.ZodType): JsonSchema
  /** Makes it a component of that name, and refers to that. */
  showAs(id: string, schema: z.ZodType): JsonSchema
  /** All components so far, by name. */
  components(): Record<string, JsonSchema>
}

export function createSchemas(): Schemas {
  const found = new Map<string, JsonSchema>()

  const keep = (id: string, schema: JsonSchema): void => {
    const before = found.get(id)
    if (before !== undefined && JSON.stringify(before) !== JSON.stringify(schema))
      throw new Error(`two different schemas are called ${id}`)
    found.set(id, schema)
  }
  const show = (schema: z.ZodType): JsonSchema => {
    const instead = findShown(schema)
    // What it names has to become components too.
    if (instead) return show(instead)
    // As a part of something, so that a named schema is always shown as a reference.
    const { properties, $defs = {} } = convert(z.object({ it: schema })) as Converted
    for (const [id, one] of Object.entries($defs)) keep(id, one)
    return properties.it
  }
  return {
    show,
    showAs: (id, schema) => {
      keep(id, show(schema))
      return refTo(id)
    },
    components: () => Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

type Converted = { properties: { it: JsonSchema }; $defs?: Record<string, JsonSchema> }

function refTo(id: string): JsonSchema {
  return { $ref: `#/components/schemas/${id}` }
}

/** Types of values that JSON has not. */
const NOT_JSON: ReadonlySet<string> = new Set([
  'bigint',
  'custom',
  'date',
  'function',
  'map',
  'nan',
  'set',
  'symbol',
])

function convert(schema: z.ZodType): JsonSchema {
  const shown = z.toJSONSchema(schema, {
    io: 'input',
    // Else it would throw at what `shownAs` is about to show differently.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const instead = findShown(zodSchema)
      const { type } = zodSchema._zod.def
      if (!instead && NOT_JSON.has(type))
        throw new Error(`a ${type} is no JSON: declare it as \`time\`, or show something instead (shownAs)`)
      if (instead) replace(jsonSchema, convert(instead))
      tidy(jsonSchema)
    },
  })
  return moveRefs(shown) as JsonSchema
}

function replace(target: JsonSchema, source: JsonSchema): void {
  for (const key of Object.keys(target)) Reflect.deleteProperty(target, key)
  Object.assign(target, source)
  delete target['$schema']
}

/** What says nothing: a format's own pattern, the bounds of every whole number, that keys are strings. */
function tidy(schema: JsonSchema): void {
  const { format, minimum, maximum, propertyNames } = schema
  if (format === 'uuid' || format === 'date-time') delete schema['pattern']
  if (minimum === Number.MIN_SAFE_INTEGER) delete schema['minimum']
  if (maximum === Number.MAX_SAFE_INTEGER) delete schema['maximum']
  if (JSON.stringify(propertyNames) === '{"type":"string"}') delete schema['propertyNames']
}

/** From where a JSON Schema keeps its parts to where an OpenAPI document does. */
function moveRefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moveRefs)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key,
      key === '$ref' && typeof part === 'string'
        ? part.replace('#/$defs/', '#/components/schemas/')
        : moveRefs(part),
    ]),
  )
}
