/**
 * What Fly answers, checked and brought into shape. Strict where this package relies on a field,
 * open everywhere else: enums are open strings, since Fly adds values, and unknown fields are dropped,
 * except in a machine's config, which must survive being sent back.
 */
import { z } from 'zod'

import { count, flag, id, listOf, text, textMap } from './decode-parts.ts'
import type { MachineConfig } from './machine-config.ts'
import type { App, Lease, Machine, MachineCheckStatus, MachineEvent, Secret } from './types.ts'

/** Kept whole, with what is not known here; checked only where this package reads it. */
const looseConfig = z
  .looseObject({
    env: z.record(z.string(), z.string()).nullish(),
    metadata: z.record(z.string(), z.string()).nullish(),
    checks: z.record(z.string(), z.unknown()).nullish(),
    services: z.array(z.looseObject({ checks: z.array(z.unknown()).nullish() })).nullish(),
  })
  .nullish()
  .transform((config) => (config ?? undefined) as MachineConfig | undefined)

/** An answer that carries nothing we rely on: any body will do, and none. */
export const nothing = z.unknown().transform(() => undefined)

export const appSchema = z
  .object({
    id: text,
    name: id,
    status: text,
    organization: z.object({ slug: text, name: text }).nullish(),
    network: text,
    machine_count: count,
    volume_count: count,
  })
  .transform((app): App => ({
    id: app.id,
    name: app.name,
    status: app.status,
    orgSlug: app.organization?.slug,
    network: app.network,
    machineCount: app.machine_count,
    volumeCount: app.volume_count,
  }))

/** The documented body has an id, the specified one is empty. */
export const createdAppSchema = z.unknown().transform((body) => z.object({ id }).safeParse(body).data?.id)

export const appListSchema = z
  .object({ total_apps: count, apps: listOf(appSchema) })
  .transform(({ total_apps: total, apps }) => ({ totalApps: total ?? apps.length, apps }))

export const tokenSchema = z.object({ token: z.string().min(1) })

export const eventSchema = z
  .object({ id: text, type: text, status: text, source: text, timestamp: count, request: z.unknown() })
  .transform((event): MachineEvent => ({
    id: event.id,
    type: event.type,
    status: event.status,
    source: event.source,
    timestampMs: event.timestamp,
    request: event.request,
  }))
export const eventListSchema = listOf(eventSchema)

const checkSchema = z
  .object({ name: text, status: text, output: text, updated_at: text })
  .transform((check): MachineCheckStatus => ({
    name: check.name ?? '',
    status: check.status ?? 'unknown',
    output: check.output,
    updatedAt: check.updated_at,
  }))

const imageRefSchema = z
  .object({ registry: text, repository: text, tag: text, digest: text })
  .nullish()
  .transform((ref) => ref ?? undefined)

const heldLeaseSchema = z
  .object({ owner: text, description: text, expires_at: count })
  .nullish()
  .transform((lease) =>
    lease
      ? { owner: lease.owner, description: lease.description, expiresAt: fromUnixSeconds(lease.expires_at) }
      : undefined,
  )

export const machineSchema = z
  .object({
    id,
    state: z.string(),
    name: text,
    region: text,
    instance_id: text,
    private_ip: text,
    config: looseConfig,
    incomplete_config: looseConfig,
    image_ref: imageRefSchema,
    created_at: text,
    updated_at: text,
    events: eventListSchema,
    checks: listOf(checkSchema),
    host_status: text,
    cordoned: flag,
    nonce: text,
    lease: heldLeaseSchema,
  })
  .transform((machine): Machine => ({
    id: machine.id,
    name: machine.name ?? '',
    state: machine.state,
    region: machine.region ?? '',
    instanceId: machine.instance_id ?? '',
    privateIp: machine.private_ip,
    config: machine.config,
    incompleteConfig: machine.incomplete_config,
    imageRef: machine.image_ref,
    createdAt: machine.created_at,
    updatedAt: machine.updated_at,
    events: machine.events,
    checks: machine.checks,
    hostStatus: machine.host_status ?? 'ok',
    cordoned: machine.cordoned,
    nonce: machine.nonce,
    lease: machine.lease,
  }))
export const machineListSchema = listOf(machineSchema)

export const versionListSchema = listOf(
  z
    .object({ version: text, user_config: looseConfig })
    .transform((v) => ({ version: v.version, config: v.user_config })),
)

export const startedSchema = z
  .object({ previous_state: text })
  .nullish()
  .transform((body) => ({ previousState: body?.previous_state }))

export const waitedSchema = z
  .object({ state: text, version: text, event_id: text })
  .transform((body) => ({ state: body.state, version: body.version, eventId: body.event_id }))

export const execSchema = z
  .object({ exit_code: count, exit_signal: count, stdout: text, stderr: text })
  .transform((body) => ({
    // Fly leaves a zero out.
    exitCode: body.exit_code ?? 0,
    exitSignal: body.exit_signal,
    stdout: body.stdout ?? '',
    stderr: body.stderr ?? '',
  }))

export const metadataSchema = textMap
export const metadataValueSchema = z.object({ value: z.string() }).transform(({ value }) => value)

const bareLeaseSchema = z
  .object({ nonce: text, expires_at: count, owner: text, description: text, version: text })
  .transform((lease): Lease => ({
    nonce: lease.nonce,
    expiresAt: fromUnixSeconds(lease.expires_at),
    owner: lease.owner,
    description: lease.description,
    version: lease.version,
  }))
/** The specification shows a bare lease, the documentation and fly-go `{ status, data }`: both are read. */
export const leaseSchema = z.union([
  z.object({ data: bareLeaseSchema }).transform(({ data }) => data),
  bareLeaseSchema,
])
/** To whoever acquires one, a lease without its nonce is of no use. */
export const acquiredLeaseSchema = leaseSchema.transform((lease, context) => {
  if (lease.nonce !== undefined) return { ...lease, nonce: lease.nonce }
  context.addIssue({ code: 'custom', message: 'no nonce' })
  return z.NEVER
})

const secretSchema = z
  .object({ name: id, digest: text, created_at: text, updated_at: text })
  .transform((secret): Secret => ({
    name: secret.name,
    digest: secret.digest,
    createdAt: secret.created_at,
    updatedAt: secret.updated_at,
  }))
export const secretListSchema = z
  .object({ secrets: listOf(secretSchema) })
  .transform(({ secrets }) => secrets)
/** The version has two spellings; the capital one is the deprecated. */
export const secretsSetSchema = z
  .object({ version: count, Version: count })
  .transform((body) => ({ version: body.version ?? body.Version }))

function fromUnixSeconds(seconds: number | undefined): Date | undefined {
  if (seconds === undefined) return undefined
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? undefined : date
}
