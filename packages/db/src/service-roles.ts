/**
 * The login roles of the services: each with the rights of its kind (`hangar.service_rights`) and no others. A role
 * belongs to the server, its rights to the database.
 */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { Database } from './database.ts'
import {
  closeHostPart,
  findHostMapping,
  HOST_PARTS,
  installHost,
  openHostPart,
  type HostMapping,
  type HostPart,
} from './install-host.ts'
import { withLockRetries } from './lock-retries.ts'

export const SERVICE_KINDS = ['api', 'worker', 'scheduler'] as const
export type ServiceKind = (typeof SERVICE_KINDS)[number]

export const serviceRoleName = (kind: ServiceKind): string => `hangar_${kind}`

/** Which of the three roles the server has. */
export async function findServiceRoles(db: Database): Promise<ServiceKind[]> {
  const { rows } = await sql<{ name: string }>`
    select rolname as name from pg_roles where rolname = any (${SERVICE_KINDS.map(serviceRoleName)})`.execute(
    db,
  )
  const there = new Set(rows.map(({ name }) => name))
  return SERVICE_KINDS.filter((kind) => there.has(serviceRoleName(kind)))
}

/** For a role that is to be made, or to get a new one. */
export const makePassword = (): string => randomBytes(24).toString('base64url')

/** Makes the role. The server is given only what it checks the password with. */
export async function createServiceRole(db: Database, kind: ServiceKind, password: string): Promise<void> {
  await sql`create role ${sql.ref(serviceRoleName(kind))} login noinherit password ${sql.lit(scramVerifier(password))}`.execute(
    db,
  )
}

/** Gives a role that is there a new password. Whoever is connected stays so. */
export async function setServicePassword(db: Database, kind: ServiceKind, password: string): Promise<void> {
  await sql`alter role ${sql.ref(serviceRoleName(kind))} password ${sql.lit(scramVerifier(password))}`.execute(
    db,
  )
}

/** Gives the role the rights of its kind in Hangar's own tables. */
export async function grantServiceRole(db: Database, kind: ServiceKind): Promise<void> {
  const role = serviceRoleName(kind)
  await withLockRetries(() => sql`select hangar.grant_service_role(${role}::regrole, ${kind})`.execute(db))
}

/** Lets every role of a service see of the host's tables what it needs. One table at a time: each is locked for a moment. */
export async function openHost(db: Database): Promise<void> {
  for (const part of HOST_PARTS) await openHostPart(db, part)
}

/**
 * Installs a mapping where services have roles: they lose what it does not name any more, and see what it does. Where it
 * fails, they see what they saw.
 */
export async function replaceHost(db: Database, mapping: HostMapping): Promise<void> {
  await sql`select hangar.check_host_mapping(${JSON.stringify(mapping)}::jsonb)`.execute(db)
  for (const part of partsToClose(await findHostMapping(db), mapping)) await closeHostPart(db, part)
  try {
    await installHost(db, mapping)
  } finally {
    await openHost(db)
  }
}

/** Those whose table or columns are others by now, or none: what was given on them is taken back first. */
export function partsToClose(before: HostMapping | null, mapping: HostMapping): HostPart[] {
  return HOST_PARTS.filter((part) => before?.[part] && !isDeepStrictEqual(before[part], mapping[part]))
}

const ITERATIONS = 4_096

/** As PostgreSQL keeps a password (RFC 5803), so that neither its log nor anybody on the way sees the password itself. */
function scramVerifier(password: string): string {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256')
  const keyed = (text: string) => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(keyed('Client Key')).digest('base64')
  const server = keyed('Server Key').toString('base64')
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${server}`
}
