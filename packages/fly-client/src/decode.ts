/**
 * What Fly answers about apps, machines, leases and secrets, checked and brought into shape. Strict
 * where this package relies on a field, open everywhere else: enums are open strings, since Fly adds
 * values, and unknown fields are dropped, except in a machine's config, which must survive being sent back.
 */
import {
  anything,
  count,
  DecodeError,
  flag,
  id,
  isObject,
  listOf,
  needsNoBody,
  object,
  optional,
  string,
  text,
  textMap,
  type Decoder,
} from './decoder.ts'
import type { MachineConfig } from './machine-config.ts'
import type { App, ImageRef, Lease, Machine, MachineCheckStatus, MachineEvent, Secret } from './types.ts'

export const app = object((field): App => ({
  id: field('id', text),
  name: field('name', id),
  status: field('status', text),
  orgSlug: field('organization', optional(object((org) => org('slug', text)))),
  network: field('network', text),
  machineCount: field('machine_count', count),
  volumeCount: field('volume_count', count),
}))

/** The documented body has an id, the specified one is empty. */
export const createdApp = needsNoBody((value) =>
  isObject(value) && typeof value['id'] === 'string' ? value['id'] : undefined,
)

export const appList = object((field) => {
  const apps = field('apps', listOf(app))
  return { totalApps: field('total_apps', count) ?? apps.length, apps }
})

export const token = object((field) => field('token', id))

const event = object((field): MachineEvent => ({
  id: field('id', text),
  type: field('type', text),
  status: field('status', text),
  source: field('source', text),
  timestampMs: field('timestamp', count),
  request: field('request', anything),
}))
export const eventList = listOf(event)

const checkStatus = object((field): MachineCheckStatus => ({
  name: field('name', text) ?? '',
  status: field('status', text) ?? 'unknown',
  output: field('output', text),
  updatedAt: field('updated_at', text),
}))

const imageRef = object((field): ImageRef => ({
  registry: field('registry', text),
  repository: field('repository', text),
  tag: field('tag', text),
  digest: field('digest', text),
}))

const heldLease = object((field) => ({
  owner: field('owner', text),
  description: field('description', text),
  expiresAt: field('expires_at', unixTime),
}))

const checks: Decoder<unknown> = (value) => {
  if (value !== null && value !== undefined && !isObject(value)) throw new DecodeError('a map')
}
const service = object((field) => field('checks', listOf(anything)))
const readByUs = object((field) => {
  field('env', textMap)
  field('metadata', textMap)
  field('checks', checks)
  field('services', listOf(service))
})

/** Kept whole, with what is not known here; checked only where this package reads it. */
const config: Decoder<MachineConfig | undefined> = optional((value) => {
  readByUs(value)
  return value as MachineConfig
})

export const machine = object((field): Machine => ({
  id: field('id', id),
  name: field('name', text) ?? '',
  state: field('state', string),
  region: field('region', text) ?? '',
  instanceId: field('instance_id', text) ?? '',
  privateIp: field('private_ip', text),
  config: field('config', config),
  incompleteConfig: field('incomplete_config', config),
  imageRef: field('image_ref', optional(imageRef)),
  createdAt: field('created_at', text),
  updatedAt: field('updated_at', text),
  events: field('events', eventList),
  checks: field('checks', listOf(checkStatus)),
  hostStatus: field('host_status', text) ?? 'ok',
  cordoned: field('cordoned', flag),
  nonce: field('nonce', text),
  lease: field('lease', optional(heldLease)),
}))
export const machineList = listOf(machine)

export const versionList = listOf(
  object((field) => ({ version: field('version', text), config: field('user_config', config) })),
)

export const started = needsNoBody((value) => ({
  previousState: optional(object((field) => field('previous_state', text)))(value),
}))

export const waited = object((field) => ({
  state: field('state', text),
  version: field('version', text),
  eventId: field('event_id', text),
}))

export const execResult = object((field) => ({
  // Fly leaves a zero out.
  exitCode: field('exit_code', count) ?? 0,
  exitSignal: field('exit_signal', count),
  stdout: field('stdout', text) ?? '',
  stderr: field('stderr', text) ?? '',
}))

export const metadataValue = object((field) => field('value', string))

const bareLease = object((field): Lease => ({
  nonce: field('nonce', text),
  expiresAt: field('expires_at', unixTime),
  owner: field('owner', text),
  description: field('description', text),
  version: field('version', text),
}))
/** The specification shows a bare lease, the documentation and fly-go `{ status, data }`: both are read. */
export const lease: Decoder<Lease> = (value) => {
  const enveloped = isObject(value) && isObject(value['data'])
  return bareLease(enveloped ? value['data'] : value)
}
/** To whoever acquires one, a lease without its nonce is of no use. */
export const acquiredLease: Decoder<Lease & { nonce: string }> = (value) => {
  const acquired = lease(value)
  return { ...acquired, nonce: id(acquired.nonce) }
}

const secret = object((field): Secret => ({
  name: field('name', id),
  digest: field('digest', text),
  createdAt: field('created_at', text),
  updatedAt: field('updated_at', text),
}))
export const secretList = object((field) => field('secrets', listOf(secret)))
/** The version has two spellings; the capital one is the deprecated. */
export const secretsSet = object((field) => ({
  version: field('version', count) ?? field('Version', count),
}))

function unixTime(value: unknown): Date | undefined {
  const seconds = count(value)
  if (seconds === undefined) return undefined
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? undefined : date
}
