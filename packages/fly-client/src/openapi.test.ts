/**
 * Against Fly's own OpenAPI file, which is not part of this repository: every endpoint called is in it,
 * with every query parameter and body field that is sent, and the config type has its fields. Where the
 * file is known to be incomplete the exception is listed here, with the reason.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { beforeAll, describe, expect, test } from '@jest/globals'
import ts from 'typescript'

import { OPERATIONS, type FlyClient, type OperationName } from './index.ts'
import { json } from './testing/server.ts'
import { machineBody, useBench } from './testing/use.ts'

interface Schema {
  $ref?: string
  allOf?: Schema[]
  properties?: Record<string, Schema>
}
interface Spec {
  paths: Record<
    string,
    Record<
      string,
      {
        parameters?: { name: string; in: string }[]
        requestBody?: { content: Record<string, { schema: Schema }> }
      }
    >
  >
  components: { schemas: Record<string, Schema> }
}

/** Sent although the file does not have it. */
const BEYOND_THE_FILE: Partial<Record<OperationName, Record<string, string>>> = {
  'apps.delete': { force: 'documented on the page of the apps resource' },
  'machines.list': { 'metadata.owner': 'documented on the page of the machines resource' },
  'leases.acquire': { ttl: 'Fly’s own Go client sends it in the query; the body has it too' },
}

// The location is a setting of the test run, not of the package.
// eslint-disable-next-line no-restricted-properties
const file = process.env['FLY_OPENAPI_FILE'] ?? ''
const withSpec = file === '' ? describe.skip : describe

withSpec('against Fly’s OpenAPI file (skipped without FLY_OPENAPI_FILE)', () => {
  const bench = useBench()
  let spec: Spec
  beforeAll(() => {
    spec = JSON.parse(readFileSync(file, 'utf8')) as Spec
  })

  test.each(Object.entries(OPERATIONS))('%s is an endpoint of it', (_, { method, path }) => {
    expect(spec.paths[path]).toHaveProperty(method.toLowerCase())
  })

  test.each(Object.entries(fullCalls()))('%s sends nothing that it does not know', async (name, call) => {
    bench.server.otherwise((response, seen) => {
      const list = /listEvents|listVersions|machines\.list$/.test(name)
      json(200, list ? [] : { ...machineBody(), nonce: 'n', token: 't', ip: '::1', value: 'v' })(
        response,
        seen,
      )
    })
    await call(bench.fly)
    const { method, path } = OPERATIONS[name as OperationName]
    const operation = spec.paths[path]?.[method.toLowerCase()]
    const schema = operation?.requestBody?.content['application/json']?.schema
    const beyond = Object.keys(BEYOND_THE_FILE[name as OperationName] ?? {})
    const query = [
      ...beyond,
      ...(operation?.parameters ?? []).filter((p) => p.in === 'query').map((p) => p.name),
    ]
    const fields = Object.keys(propertiesOf(spec, schema))
    const [sent] = bench.server.calls
    for (const key of sent?.query.keys() ?? []) expect(query).toContain(key)
    for (const key of Object.keys(sent?.body ?? {})) expect(fields).toContain(key)
  })

  test('every exception is still one', () => {
    for (const [name, exceptions] of Object.entries(BEYOND_THE_FILE)) {
      const { method, path } = OPERATIONS[name as OperationName]
      const known = (spec.paths[path]?.[method.toLowerCase()]?.parameters ?? []).map(
        (parameter) => parameter.name,
      )
      for (const exception of Object.keys(exceptions)) expect(known).not.toContain(exception)
    }
  })

  test.each([
    ['MachineConfig', 'fly.MachineConfig'],
    ['MachineGuest', 'fly.MachineGuest'],
    ['MachineInit', 'fly.MachineInit'],
    ['MachineRestart', 'fly.MachineRestart'],
    ['MachineService', 'fly.MachineService'],
    ['MachinePort', 'fly.MachinePort'],
    ['MachineCheck', 'fly.MachineCheck'],
    ['MachineMount', 'fly.MachineMount'],
    ['StopConfig', 'fly.StopConfig'],
    ['MachineFile', 'fly.File'],
  ])('the type %s has the fields of %s, all of them', (type, schema) => {
    const fields = Object.keys(propertiesOf(spec, { $ref: `#/components/schemas/${schema}` }))
    expect(fields.length).toBeGreaterThan(1)
    expect(membersOf(type).sort()).toEqual(fields.sort())
  })
})

function propertiesOf(spec: Spec, schema: Schema = {}): Record<string, Schema> {
  const name = schema.$ref?.split('/').at(-1)
  const referred = name === undefined ? {} : propertiesOf(spec, spec.components.schemas[name])
  return Object.assign(
    {},
    referred,
    ...(schema.allOf ?? []).map((part) => propertiesOf(spec, part)),
    schema.properties,
  ) as Record<string, Schema>
}

/** The names of an interface's members, read from the source. */
function membersOf(type: string): string[] {
  const path = fileURLToPath(new URL('./machine-config.ts', import.meta.url))
  const source = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest)
  const declared = source.statements.filter(ts.isInterfaceDeclaration).find(({ name }) => name.text === type)
  return (declared?.members ?? []).flatMap((member) =>
    member.name && ts.isIdentifier(member.name) ? [member.name.text] : [],
  )
}

/** One call of each operation that sends everything it can. */
function fullCalls(): Record<OperationName, (fly: FlyClient) => Promise<unknown>> {
  const config = { image: 'x' }
  const stop = { signal: 'SIGTERM' as const, timeout: '9s' }
  const made = {
    config,
    region: 'iad',
    minSecretsVersion: 1,
    skipLaunch: true,
    skipServiceRegistration: true,
    leaseTtlSeconds: 9,
  }
  return {
    'apps.create': (fly) => fly.apps.create({ name: 'a', network: 'n' }),
    'apps.get': (fly) => fly.apps.get('a'),
    'apps.list': (fly) => fly.apps.list(),
    'apps.delete': (fly) => fly.apps.delete('a', { force: true }),
    'apps.createDeployToken': (fly) => fly.apps.createDeployToken('a', { expiry: '1h' }),
    'machines.create': (fly) => fly.machines.create('a', { ...made, name: 'm' }),
    'machines.get': (fly) => fly.machines.get('a', 'm'),
    'machines.list': (fly) =>
      fly.machines.list('a', {
        includeDeleted: true,
        region: 'iad',
        states: ['started'],
        metadata: { owner: 'u' },
        summary: true,
      }),
    'machines.update': (fly) => fly.machines.update('a', 'm', { ...made, name: 'm', currentVersion: 'v' }),
    'machines.delete': (fly) => fly.machines.delete('a', 'm', { force: true }),
    'machines.start': (fly) => fly.machines.start('a', 'm'),
    'machines.stop': (fly) => fly.machines.stop('a', 'm', stop),
    'machines.suspend': (fly) => fly.machines.suspend('a', 'm'),
    'machines.restart': (fly) => fly.machines.restart('a', 'm', stop),
    'machines.signal': (fly) => fly.machines.signal('a', 'm', { signal: 'SIGHUP' }),
    'machines.cordon': (fly) => fly.machines.cordon('a', 'm'),
    'machines.uncordon': (fly) => fly.machines.uncordon('a', 'm'),
    'machines.exec': (fly) => fly.machines.exec('a', 'm', { command: ['x'], timeoutSeconds: 9 }),
    'machines.wait': (fly) =>
      fly.machines.wait('a', 'm', { states: ['started'], timeoutMs: 9000, version: 'v' }),
    'machines.listEvents': (fly) => fly.machines.listEvents('a', 'm', { limit: 9 }),
    'machines.listVersions': (fly) => fly.machines.listVersions('a', 'm'),
    'machines.listMetadata': (fly) => fly.machines.listMetadata('a', 'm').catch(() => {}),
    'machines.getMetadata': (fly) => fly.machines.getMetadata('a', 'm', 'k'),
    'machines.setMetadata': (fly) => fly.machines.setMetadata('a', 'm', 'k', 'v'),
    'machines.deleteMetadata': (fly) => fly.machines.deleteMetadata('a', 'm', 'k'),
    'machines.mergeMetadata': (fly) =>
      fly.machines.mergeMetadata('a', 'm', { metadata: {}, machineVersion: 'v' }),
    'machines.replaceMetadata': (fly) =>
      fly.machines.replaceMetadata('a', 'm', { metadata: {}, machineVersion: 'v' }),
    'leases.find': (fly) => fly.leases.find('a', 'm'),
    'leases.acquire': (fly) => fly.leases.acquire('a', 'm', { ttlSeconds: 9, description: 'd' }),
    'leases.release': (fly) => fly.leases.release('a', 'm', 'n'),
    'secrets.list': (fly) => fly.secrets.list('a', { minVersion: 1 }),
    'secrets.set': (fly) => fly.secrets.set('a', { K: 'v' }),
    'ips.list': (fly) => fly.ips.list('a'),
    'ips.assign': (fly) =>
      fly.ips.assign('a', { type: 'private_v6', network: 'n', region: 'iad', serviceName: 's' }),
    'ips.release': (fly) => fly.ips.release('a', '::1'),
    'orgs.machines': (fly) =>
      fly.orgs.collectMachines({
        includeDeleted: true,
        region: 'iad',
        states: ['started'],
        updatedAfter: new Date(0),
        pageSize: 9,
      }),
    'orgs.volumes': (fly) => fly.orgs.volumes({ pageSize: 9 }).next(),
    'platform.regions': (fly) => fly.platform.regions(),
    'platform.placements': (fly) => fly.platform.placements({ region: 'iad', guest: { cpus: 1 }, count: 0 }),
    'platform.currentToken': (fly) => fly.platform.currentToken(),
  }
}
