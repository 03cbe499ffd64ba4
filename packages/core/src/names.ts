import { createHash } from 'node:crypto'

/** The prefix the product knows its apps by; configurable as `FLY_APP_PREFIX`. */
export const DEFAULT_APP_PREFIX = 'vyx-user-'

const SUFFIX_LENGTH = 8

/**
 * The name of one generation of a user's app: prefix + 8 base-36 characters. It follows from its arguments, so
 * that a create whose answer was lost is repeated under the same name. `candidate` counts names given up because
 * a row or a stranger already held them. Names are one namespace for all of Fly.
 */
export function appName(parts: {
  prefix: string
  installationId: string
  userId: string
  generation: number
  candidate: number
}): string {
  const digest = createHash('sha256')
    .update(['app', parts.installationId, parts.userId, parts.generation, parts.candidate].join('\n'))
    .digest()
  return parts.prefix + base36(digest, SUFFIX_LENGTH)
}

/**
 * The id of the row of one generation. It follows from its arguments, as the name does: where a database was restored
 * to before a generation was reserved, the row that takes that generation up again has the id, and so the tokens,
 * that the running app was given.
 */
export function appRowId({ installationId, userId, generation }: Ownership): string {
  const digest = createHash('sha256').update(['row', installationId, userId, generation].join('\n')).digest()
  // RFC 9562, version 8: the bits are our own, but for these two fields.
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x80, 6)
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8)
  return digest.toString('hex', 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

/** The name of the one machine in an app. A second create of the same name answers 409 with the first's id. */
export function machineName(name: string): string {
  return `${name}-m1`
}

/** `characters` base-36 digits of a digest: 36^8 is about 2.8e12 names. */
function base36(digest: Buffer, characters: number): string {
  const value = BigInt(`0x${digest.toString('hex')}`) % 36n ** BigInt(characters)
  return value.toString(36).padStart(characters, '0')
}

/** What marks a machine as ours, written into its metadata and checked before it is adopted. */
export type Ownership = { installationId: string; userId: string; generation: number }

export function ownershipMetadata(ownership: Ownership): Record<string, string> {
  return {
    hangar_installation: ownership.installationId,
    hangar_user: ownership.userId,
    hangar_generation: String(ownership.generation),
  }
}

export function isOwnedBy(metadata: Record<string, string> | undefined, ownership: Ownership): boolean {
  const expected = ownershipMetadata(ownership)
  return Object.entries(expected).every(([key, value]) => metadata?.[key] === value)
}

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/
const GENERATION = /^[1-9][0-9]{0,8}$/

/** Whose a machine says it is; null where the mark is missing or is none that we ever wrote. */
export function readOwnership(metadata: Record<string, string> | undefined): Ownership | null {
  const installationId = metadata?.['hangar_installation'] ?? ''
  const userId = metadata?.['hangar_user'] ?? ''
  const generation = metadata?.['hangar_generation'] ?? ''
  if (!UUID.test(installationId) || !UUID.test(userId) || !GENERATION.test(generation)) return null
  return { installationId, userId, generation: Number(generation) }
}
