/**
 * The document as one plain page: no script, nothing from elsewhere, so that the strictest policy lets it through.
 * Each endpoint folds out; a type's name leads to where it is spelt out.
 */
import type { OpenApiDocument } from './document.ts'
import type { Content, Operation, Parameter } from './operation.ts'
import type { JsonSchema } from './schemas.ts'

/** In the page itself: the policy on content names it by its hash. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin: 2.5rem 0 .5rem; border-bottom: 1px solid #8886 }
code, pre { font: 13px/1.5 ui-monospace, monospace }
pre { overflow-x: auto; padding: .6rem .8rem; background: #8881; border-radius: 4px }
summary { cursor: pointer; padding: .25rem 0 }
summary b { display: inline-block; min-width: 4rem }
details > div { margin: 0 0 1rem 1.2rem }
.muted { opacity: .75 }
th, td { text-align: left; vertical-align: top; padding: .15rem .8rem .15rem 0 }
`

export function renderPage({ info, tags, paths, components }: OpenApiDocument): string {
  const sections = tags.map(
    ({ name, description }) => `<section id="tag-${text(name)}"><h2>${text(name)}</h2>
${description === undefined ? '' : prose(description)}${operationsOf(paths, name)}</section>`,
  )
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `<details id="${text(name)}"><summary><code>${text(name)}</code></summary>
<div>${about(schema)}${shape(schema)}</div></details>`,
  )
  const contents = tags.map(({ name }) => `<a href="#tag-${text(name)}">${text(name)}</a>`)
  return `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(info.title)} API</title><style>${PAGE_STYLE}</style></head><body>
<h1>${text(info.title)} API</h1>${prose(info.description)}
<p><a href="openapi.json">openapi.json</a> says the same to programs.</p>
<nav><p>${contents.join(' · ')} · <a href="#types">types</a></p></nav>
${sections.join('\n')}
<section id="types"><h2>types</h2>${schemas.join('\n')}</section></body></html>
`
}

function operationsOf(paths: OpenApiDocument['paths'], tag: string): string {
  return Object.entries(paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
    )
    .filter(({ operation }) => operation.tags.includes(tag))
    .map(
      ({ path, method, operation }) => `<details id="${text(operation.operationId)}">
<summary><b>${method.toUpperCase()}</b> <code>${text(path)}</code> <span class="muted">${inline(operation.summary)}</span></summary>
<div>${operationBody(operation)}</div></details>`,
    )
    .join('\n')
}

function operationBody(operation: Operation): string {
  const { description, parameters = [], requestBody, responses } = operation
  return [
    description === undefined ? '' : prose(description),
    `<p class="muted">${text(whoMay(operation))}</p>`,
    parameters.length === 0 ? '' : `<h4>Parameters</h4>${parameterTable(parameters)}`,
    requestBody ? `<h4>Body</h4>${contentOf(requestBody.content)}` : '',
    ...Object.entries(responses).map(
      ([status, { description: said, content = {} }]) =>
        `<h4>${text(status)}</h4>${prose(said)}${contentOf(content)}`,
    ),
  ].join('\n')
}

function whoMay({ security, 'x-least-role': role }: Operation): string {
  if (security.length === 0) return 'Open to anyone.'
  const ways = security.map((all) => Object.keys(all).join(' and ')).join(', or ')
  return role === undefined ? `By ${ways}.` : `For ${role}s and above, by ${ways}.`
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(
    (
      one,
    ) => `<tr><td><code>${text(one.name)}</code></td><td>${text(one.in)}${one.required ? ', required' : ''}</td>
<td><code>${inlineShape(one.schema)}</code></td><td>${inline(one.description ?? '')}</td></tr>`,
  )
  return `<table>${rows.join('')}</table>`
}

/** What a problem document holds is the same everywhere but for its details: its name says enough here. */
function contentOf(content: Content): string {
  return Object.entries(content)
    .map(([type, { schema }]) =>
      type === 'application/json'
        ? shape(schema)
        : `<p><code>${text(type)}</code> ${inlineShape(schema)}</p>`,
    )
    .join('')
}

function shape(schema: JsonSchema): string {
  return `<pre>${shapeOf(schema, '')}</pre>`
}

function inlineShape(schema: JsonSchema): string {
  return shapeOf(schema, '')
}

/** A schema in the manner of a type: `{ name?: string · null }`, with descriptions behind. */
function shapeOf(schema: JsonSchema, indent: string): string {
  const { $ref, properties, items, anyOf, oneOf, enum: values, const: constant } = schema
  if (typeof $ref === 'string') return linkTo($ref)
  const choices = (anyOf ?? oneOf) as JsonSchema[] | undefined
  if (choices) return choices.map((one) => shapeOf(one, indent)).join(' | ')
  if (constant !== undefined) return text(JSON.stringify(constant))
  if (Array.isArray(values)) return values.map((value) => text(JSON.stringify(value))).join(' | ')
  if (properties !== undefined) return objectShape(schema, indent)
  if (items !== undefined) return `[ ${shapeOf(items as JsonSchema, indent)} ]`
  return text(scalarShape(schema))
}

function objectShape(schema: JsonSchema, indent: string): string {
  const { properties, required = [] } = schema as {
    properties: Record<string, JsonSchema>
    required?: string[]
  }
  const inner = `${indent}  `
  const lines = Object.entries(properties).map(([name, part]) => {
    const optional = required.includes(name) ? '' : '?'
    const said = typeof part['description'] === 'string' ? `  <i>${inline(part['description'])}</i>` : ''
    return `${inner}${text(name)}${optional}: ${shapeOf(part, inner)}${said}`
  })
  return lines.length === 0 ? '{}' : `{\n${lines.join('\n')}\n${indent}}`
}

/** Limits as they are written behind a type's name. */
const LIMITS: Record<string, (value: string) => string> = {
  format: (value) => value.replaceAll('"', ''),
  minimum: (value) => `≥ ${value}`,
  maximum: (value) => `≤ ${value}`,
  maxLength: (value) => `at most ${value} characters`,
  maxItems: (value) => `at most ${value}`,
  default: (value) => `default ${value}`,
}

function scalarShape(schema: JsonSchema): string {
  const { type } = schema
  const names = Array.isArray(type) ? type.join(' | ') : typeof type === 'string' ? type : 'any'
  const limits = Object.entries(LIMITS).flatMap(([name, say]) =>
    schema[name] === undefined ? [] : [say(JSON.stringify(schema[name]))],
  )
  return limits.length === 0 ? names : `${names} (${limits.join(', ')})`
}

function linkTo(ref: string): string {
  const name = text(ref.slice(ref.lastIndexOf('/') + 1))
  return `<a href="#${name}">${name}</a>`
}

function about(schema: JsonSchema): string {
  return typeof schema['description'] === 'string' ? prose(schema['description']) : ''
}

function prose(words: string): string {
  return words
    .split(/\n\n+/)
    .map((paragraph) => `<p>${inline(paragraph)}</p>`)
    .join('')
}

/** Text in which only code is marked. */
function inline(words: string): string {
  return text(words).replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}

function text(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
