/**
 * What a client of the old OpenAPI document would trip over in the new one. The rules, and no others:
 *
 *   an endpoint          is gone, or wants another credential or a higher role
 *   a parameter, a body  has a new required field, or refuses what was taken: a field gone from a closed object, a
 *                        type or a value gone, a limit tightened
 *   an answer            has lost its status or a field, or a field is no longer certain or is of another type
 *
 * What is added is no break: endpoints, statuses, codes, fields of answers, values of their enumerations.
 */
export type Schema = { [key: string]: unknown }

type Content = Record<string, { schema: Schema }>
type Operation = {
  'x-least-role'?: string
  security?: readonly unknown[]
  parameters?: { name: string; in: string; required?: boolean; schema: Schema }[]
  requestBody?: { required?: boolean; content: Content }
  responses: Record<string, { content?: Content }>
}
export type ApiDocument = {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

const ROLES = ['viewer', 'operator', 'admin']

/** One sentence for each break. */
export function findBreaks(before: ApiDocument, after: ApiDocument): string[] {
  const compare = createComparison(before, after)
  const breaks = Object.entries(before.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, was]) => {
      const is = after.paths[path]?.[method]
      const found = is ? compareOperations(was, is, compare) : ['is gone']
      return found.map((what) => `${method.toUpperCase()} ${path} ${what}`)
    }),
  )
  return [...new Set([...breaks, ...compareProblems(before, after, compare)])]
}

function compareOperations(was: Operation, is: Operation, compare: Comparison): string[] {
  return [
    ...compareCallers(was, is),
    ...compareParameters(was, is, compare),
    ...compareBodies(was, is, compare),
    ...Object.entries(was.responses).flatMap(([status, answer]) =>
      compareAnswers(status, answer.content ?? {}, is.responses[status], compare),
    ),
  ]
}

function compareCallers(was: Operation, is: Operation): string[] {
  const [before, now] = [was['x-least-role'], is['x-least-role']].map((role) => ROLES.indexOf(role ?? ''))
  if ((now ?? 0) > (before ?? 0)) return [`takes a higher role: ${String(is['x-least-role'])}`]
  // An endpoint without any takes whoever comes; one more way in takes none from who had theirs.
  const ways = (is.security ?? []).map((one) => JSON.stringify(one))
  const isOpen = ways.length === 0
  const kept = (was.security ?? []).every((one) => ways.includes(JSON.stringify(one)))
  const wasOpen = (was.security ?? []).length === 0
  return isOpen || (kept && !wasOpen) ? [] : ['takes another credential']
}

function compareParameters(was: Operation, is: Operation, compare: Comparison): string[] {
  const known = was.parameters ?? []
  const keyOf = (one: { name: string; in: string }) => `${one.in} parameter ${one.name}`
  const added = (is.parameters ?? []).filter(
    (one) => one.required === true && known.every((other) => keyOf(other) !== keyOf(one)),
  )
  const changed = known.flatMap((one) => {
    const now = (is.parameters ?? []).find((other) => keyOf(other) === keyOf(one))
    if (!now) return [`no longer takes the ${keyOf(one)}`]
    const required = now.required === true && one.required !== true
    return [
      ...(required ? [`requires the ${keyOf(one)} now`] : []),
      ...compare.request(one.schema, now.schema, `the ${keyOf(one)}`),
    ]
  })
  return [...added.map((one) => `requires a new ${keyOf(one)}`), ...changed]
}

function compareBodies(was: Operation, is: Operation, compare: Comparison): string[] {
  if (!is.requestBody) return was.requestBody ? ['no longer takes a body'] : []
  if (is.requestBody.required === true && was.requestBody?.required !== true) return ['requires a body now']
  const before = was.requestBody?.content['application/json']
  const now = is.requestBody.content['application/json']
  return before && now ? compare.request(before.schema, now.schema, 'the body') : []
}

/** Problem documents are compared by their components: more codes under a status are no break. */
function compareAnswers(
  status: string,
  was: Content,
  is: { content?: Content } | undefined,
  compare: Comparison,
): string[] {
  if (!is) return [`no longer answers ${status}`]
  return Object.entries(was).flatMap(([type, { schema }]) => {
    const now = is.content?.[type]
    if (!now) return [`no longer answers ${status} as ${type}`]
    return type.includes('problem') ? [] : compare.answer(schema, now.schema, `the answer ${status}`)
  })
}

function compareProblems(before: ApiDocument, after: ApiDocument, compare: Comparison): string[] {
  return Object.entries(before.components.schemas).flatMap(([name, schema]) => {
    const now = after.components.schemas[name]
    return name.startsWith('Problem') && now ? compare.answer(schema, now, name) : []
  })
}

type Compare = (was: Schema, is: Schema, where: string) => string[]
type Comparison = { request: Compare; answer: Compare }

function createComparison(before: ApiDocument, after: ApiDocument): Comparison {
  const old = (schema: Schema) => branchesOf(schema, before)
  const fresh = (schema: Schema) => branchesOf(schema, after)

  // Whatever was taken is taken: each of the old branches fits one of the new.
  const request: Compare = (was, is, where) =>
    cover(old(was), fresh(is), (one, other) => narrowing(one, other, where, request), where)
  // Whatever comes was to be expected: each of the new branches fits one of the old.
  const answer: Compare = (was, is, where) =>
    cover(fresh(is), old(was), (now, one) => loss(one, now, where, answer), where)
  return { request, answer }
}

/** The breaks of the only counterpart there is, so that they are named; else that there is none that fits. */
function cover(
  all: Schema[],
  by: Schema[],
  breaksOf: (one: Schema, other: Schema) => string[],
  where: string,
): string[] {
  return all.flatMap((one) => {
    const tries = by.map((other) => ({ other, breaks: breaksOf(one, other) }))
    if (tries.some(({ breaks }) => breaks.length === 0)) return []
    const alike = tries.filter(({ other }) => other['type'] === one['type'])
    return alike.length === 1 && alike[0]
      ? alike[0].breaks
      : [`in ${where}: ${wordsFor(one)} is not among ${by.map(wordsFor).join(', ')}`]
  })
}

const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems']
const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems']

function narrowing(was: Schema, is: Schema, where: string, request: Compare): string[] {
  if (is['type'] === undefined && valuesOf(is) === null) return []
  if (was['type'] !== is['type'] && !(was['type'] === 'integer' && is['type'] === 'number'))
    return [`in ${where}: ${wordsFor(was)} is not taken any more`]
  const limit = (name: string) => (typeof is[name] === 'number' ? is[name] : null)
  const tighter = (name: string, sign: 1 | -1) => {
    const now = limit(name)
    const before = was[name]
    return now !== null && (typeof before !== 'number' || (now - before) * sign > 0)
  }
  const limits = [...LOWER.filter((name) => tighter(name, 1)), ...UPPER.filter((name) => tighter(name, -1))]
  // Whether another pattern takes all that the old one took cannot be told: a person has to look.
  const changed = ['pattern', 'format'].filter((name) => is[name] !== undefined && is[name] !== was[name])
  const allowed = valuesOf(is)
  const refused = allowed && (valuesOf(was) ?? ['anything']).filter((value) => !allowed.includes(value))
  return [
    ...limits.map((name) => `in ${where}: ${name} is tighter`),
    ...changed.map((name) => `in ${where}: ${name} is another`),
    ...(refused ?? []).map((value) => `in ${where}: ${String(value)} is not taken any more`),
    ...narrowingFields(was, is, where, request),
    ...partsOf(was, is, where, request),
  ]
}

function narrowingFields(was: Schema, is: Schema, where: string, request: Compare): string[] {
  const [before, now] = [fieldsOf(was), fieldsOf(is)]
  const required = [...now.required].filter((name) => !before.required.has(name))
  const closed = is['additionalProperties'] === false
  if (closed && was['type'] === 'object' && was['additionalProperties'] !== false)
    return [`${where} takes no unknown fields any more`]
  return [
    ...required.map((name) => `in ${where}: ${name} is required now`),
    ...Object.entries(before.properties).flatMap(([name, schema]) => {
      const counterpart = now.properties[name]
      if (counterpart) return request(schema, counterpart, `${where}, ${name}`)
      return closed ? [`in ${where}: ${name} is not taken any more`] : []
    }),
  ]
}

function loss(was: Schema, is: Schema, where: string, answer: Compare): string[] {
  if (was['type'] === undefined && valuesOf(was) === null) return []
  if (was['type'] !== is['type']) return [`in ${where}: ${wordsFor(was)} has become ${wordsFor(is)}`]
  const [before, now] = [fieldsOf(was), fieldsOf(is)]
  const uncertain = [...before.required].filter((name) => now.properties[name] && !now.required.has(name))
  return [
    ...(was['format'] === is['format'] ? [] : [`in ${where}: the format has changed`]),
    ...uncertain.map((name) => `in ${where}: ${name} may be missing now`),
    ...Object.entries(before.properties).flatMap(([name, schema]) => {
      const counterpart = now.properties[name]
      return counterpart ? answer(schema, counterpart, `${where}, ${name}`) : [`in ${where}: ${name} is gone`]
    }),
    ...partsOf(was, is, where, answer),
  ]
}

/** What lists and maps hold. */
function partsOf(was: Schema, is: Schema, where: string, compare: Compare): string[] {
  return ['items', 'additionalProperties'].flatMap((name) => {
    const [before, now] = [was[name], is[name]]
    return isSchema(before) && isSchema(now) ? compare(before, now, `${where}, each of it`) : []
  })
}

function fieldsOf(schema: Schema): { properties: Record<string, Schema>; required: Set<string> } {
  const { properties = {}, required = [] } = schema as {
    properties?: Record<string, Schema>
    required?: string[]
  }
  return { properties, required: new Set(required) }
}

/** What it may be, each by itself: the parts of a union, the types of a list of types. */
function branchesOf(schema: Schema, document: ApiDocument): Schema[] {
  const { $ref, anyOf, oneOf, type } = schema
  if (typeof $ref === 'string') {
    const target = document.components.schemas[$ref.slice($ref.lastIndexOf('/') + 1)]
    return target ? branchesOf(target, document) : [{}]
  }
  const parts = (anyOf ?? oneOf) as Schema[] | undefined
  if (parts) return parts.flatMap((part) => branchesOf(part, document))
  return Array.isArray(type) ? type.map((one: unknown) => ({ ...schema, type: one })) : [schema]
}

function valuesOf(schema: Schema): unknown[] | null {
  if (schema['const'] !== undefined) return [schema['const']]
  return Array.isArray(schema['enum']) ? schema['enum'] : null
}

function wordsFor(schema: Schema): string {
  return typeof schema['type'] === 'string' ? schema['type'] : 'anything'
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
