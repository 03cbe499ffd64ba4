import { HangarError } from '@hangar/core'

/** viewer reads; operator acts; admin forces. Each may do all that the one before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof ROLES)[number]

export function isRole(value: unknown): value is Role {
  return (ROLES as readonly unknown[]).includes(value)
}

/** Who asks. `actor` is what the audit log keeps: `user:<uuid>`, or `service_role` for a key. */
export type Caller = {
  kind: 'person' | 'key'
  actor: string
  role: Role
  /** A person's, as far as it is known. */
  email: string | null
  /** The browser's session; null for who shows a token or key with each request. */
  sessionId: string | null
}

export function hasRole(caller: Caller, needed: Role): boolean {
  return ROLES.indexOf(caller.role) >= ROLES.indexOf(needed)
}

export function requireRole(caller: Caller, needed: Role): void {
  if (!hasRole(caller, needed))
    throw new HangarError('forbidden', {
      operator: `${caller.actor} is ${caller.role}, ${needed} is needed`,
      details: { needed_role: needed },
    })
}
