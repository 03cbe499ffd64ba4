/** What Fly answers about organisations, addresses and the platform. See decode.ts for the rules. */
import { z } from 'zod'

import { count, flag, id, listOf, text, textMap } from './decode-parts.ts'
import type { CurrentToken, IpAssignment, OrgMachine, OrgVolume, Placement, Region } from './types.ts'

const orgMachineSchema = z
  .object({
    id,
    app_name: id,
    state: z.string(),
    name: text,
    region: text,
    version: text,
    private_ip: text,
    created_at: text,
    updated_at: text,
    config: z
      .object({
        image: text,
        guest: z.object({ cpu_kind: text, cpus: count, memory_mb: count }).nullish(),
        metadata: textMap,
      })
      .nullish(),
  })
  .transform((machine): OrgMachine => ({
    id: machine.id,
    appName: machine.app_name,
    name: machine.name ?? '',
    state: machine.state,
    region: machine.region ?? '',
    instanceId: machine.version ?? '',
    privateIp: machine.private_ip,
    image: machine.config?.image,
    guest: machine.config?.guest
      ? {
          cpuKind: machine.config.guest.cpu_kind,
          cpus: machine.config.guest.cpus,
          memoryMb: machine.config.guest.memory_mb,
        }
      : undefined,
    metadata: machine.config?.metadata ?? {},
    createdAt: machine.created_at,
    updatedAt: machine.updated_at,
  }))

export const orgMachinesSchema = z
  .object({
    machines: listOf(orgMachineSchema),
    next_cursor: text,
    last_updated_at: text,
    error_regions: listOf(z.string()),
  })
  .transform((page) => ({
    machines: page.machines,
    nextCursor: page.next_cursor === '' ? undefined : page.next_cursor,
    lastUpdatedAt: page.last_updated_at,
    errorRegions: page.error_regions,
  }))

const orgVolumeSchema = z
  .object({
    id,
    app_name: text,
    name: text,
    region: text,
    state: text,
    attached_machine_id: text,
    size_gb: count,
    created_at: text,
  })
  .transform((volume): OrgVolume => ({
    id: volume.id,
    appName: volume.app_name,
    name: volume.name ?? '',
    region: volume.region ?? '',
    state: volume.state ?? 'unknown',
    attachedMachineId: volume.attached_machine_id,
    sizeGb: volume.size_gb,
    createdAt: volume.created_at,
  }))

export const orgVolumesSchema = z
  .object({ volumes: listOf(orgVolumeSchema), next_cursor: text, error_regions: listOf(z.string()) })
  .transform((page) => ({
    volumes: page.volumes,
    nextCursor: page.next_cursor === '' ? undefined : page.next_cursor,
    errorRegions: page.error_regions,
  }))

export const ipSchema = z
  .object({ ip: id, region: text, shared: flag, service_name: text, created_at: text })
  .transform((assigned): IpAssignment => ({
    ip: assigned.ip,
    region: assigned.region,
    shared: assigned.shared,
    serviceName: assigned.service_name,
    createdAt: assigned.created_at,
  }))
export const ipListSchema = z.object({ ips: listOf(ipSchema) }).transform(({ ips }) => ips)

const regionSchema = z
  .object({
    code: id,
    name: text,
    deprecated: flag,
    gateway_available: flag,
    requires_paid_plan: flag,
    geo_region: text,
    latitude: count,
    longitude: count,
  })
  .transform((region): Region => ({
    code: region.code,
    name: region.name ?? region.code,
    geoRegion: region.geo_region,
    deprecated: region.deprecated,
    gatewayAvailable: region.gateway_available,
    requiresPaidPlan: region.requires_paid_plan,
    latitude: region.latitude,
    longitude: region.longitude,
  }))

/** Specified as `regions` and `nearest`, seen as `Regions` and `Nearest`. */
export const regionsSchema = z
  .object({ regions: listOf(regionSchema), Regions: listOf(regionSchema), nearest: text, Nearest: text })
  .transform((body) => ({
    regions: body.regions.length > 0 ? body.regions : body.Regions,
    nearest: body.nearest ?? body.Nearest,
  }))

export const placementsSchema = z
  .object({
    regions: listOf(
      z.object({ region: id, count, concurrency: count }).transform((place): Placement => ({
        region: place.region,
        count: place.count ?? 0,
        concurrency: place.concurrency,
      })),
    ),
  })
  .transform(({ regions }) => regions)

export const currentTokenSchema = z
  .object({
    tokens: listOf(
      z
        .object({ token_id: text, org_slug: text, organization: text, apps: listOf(z.string()), user: text })
        .transform((token): CurrentToken => ({
          tokenId: token.token_id,
          orgSlug: token.org_slug ?? token.organization,
          apps: token.apps,
          user: token.user,
        })),
    ),
  })
  .transform(({ tokens }) => tokens)
