/**
 * The API's OpenAPI 3.1 document, generated from the routes' declarations: what is mounted is what is described.
 * `GET /openapi.json` serves it, and `npm run generate` writes the same to docs/openapi.json.
 */
import type { Route } from '../http/route.ts'
import { problemSchema } from '../http/problem-codes.ts'
import { operationOf, pathOf, problemName, tagOf, type Operation } from './operation.ts'
import { createSchemas, type JsonSchema } from './schemas.ts'

export type OpenApiDocument = {
  openapi: '3.1.0'
  info: { title: string; version: string; description: string }
  tags: { name: string; description?: string }[]
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, JsonSchema> }
}

const ABOUT = `What the programs, people and apps around Hangar say to it.

Times are RFC 3339, money is decimal text, ids of users and apps are UUIDs. Lists come in pages: \`next_cursor\` is the
next page's \`cursor\`. An error is a problem document (RFC 9457) whose \`code\` is stable; its \`request_id\` is also in
the header \`X-Request-Id\`, which may be given. A path under a method that is not here answers 405
(\`method_not_allowed\`), a path that is not here 404 (\`not_found\`). Within a version of a path nothing is taken away:
fields, statuses and values may be added, so a client passes over what it does not know.`

const TAGS: Record<string, string> = {
  shim: "What a user's app, and the shared backend, say to Hangar. docs/go-shim.md is the whole contract, in prose.",
  admin: "The browser's session. The page itself and Bull Board are below the same path.",
  functions: "The product's calls from before Hangar, at the same addresses.",
  webhooks: 'What the database sends.',
  service: 'For orchestrators, Prometheus and readers of this document.',
}

const SECURITY_SCHEMES: Record<string, JsonSchema> = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: "A person's Supabase access token with a role in its `app_metadata`, or the service key.",
  },
  apikey: { type: 'apiKey', in: 'header', name: 'apikey', description: 'The service key.' },
  session: {
    type: 'apiKey',
    in: 'cookie',
    name: 'hangar_session',
    description:
      "A browser's session (`__Host-hangar_session` over https). What changes something needs the session's `csrf_token` as the header `X-CSRF-Token`, and comes from the same origin.",
  },
  appToken: { type: 'http', scheme: 'bearer', description: "`HANGAR_TOKEN` of a user's app." },
  flyMachine: {
    type: 'apiKey',
    in: 'header',
    name: 'X-Fly-Machine-Id',
    description: '`FLY_MACHINE_ID`: the machine that the app runs on.',
  },
  sharedToken: { type: 'http', scheme: 'bearer', description: '`HANGAR_SHARED_TOKEN`.' },
  webhookSignature: {
    type: 'apiKey',
    in: 'header',
    name: 'Webhook-Signature',
    description: 'Standard Webhooks 1.0, with `Webhook-Id` and `Webhook-Timestamp`.',
  },
  webhookSecret: { type: 'apiKey', in: 'header', name: 'X-Hangar-Webhook-Secret' },
}

export function describeApi(routes: readonly Route[]): OpenApiDocument {
  const schemas = createSchemas()
  const paths: OpenApiDocument['paths'] = {}
  for (const route of routes) (paths[pathOf(route)] ??= {})[route.method] = operationOf(route, schemas)
  // What the mounting answers, by itself, to addresses and methods that nobody declares.
  for (const code of ['method_not_allowed', 'not_found'] as const)
    schemas.showAs(problemName(code), problemSchema(code))
  const tags = [...new Set(routes.map((route) => tagOf(route.path)))]
  return {
    openapi: '3.1.0',
    info: { title: 'Hangar', version: '1', description: ABOUT },
    tags: tags.map((name) => ({ name, ...(TAGS[name] === undefined ? {} : { description: TAGS[name] }) })),
    paths,
    components: { schemas: schemas.components(), securitySchemes: SECURITY_SCHEMES },
  }
}
