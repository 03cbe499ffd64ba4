/** What the project's own accounts say of who signs in, which is newer than what their token says. */
import { HangarError } from '@hangar/core'
import { findAdminAccount, type Tx } from '@hangar/db'
import type { Identity } from './authenticator.ts'
import { isRole, type Caller } from './caller.ts'

/** Who the session is for, and until when it can be at most; rejects for who may not have one. */
export async function settleIdentity(
  tx: Tx,
  { caller, userId, expiresAt, secondFactor }: Identity,
): Promise<{ caller: Caller; notAfter: Date | null }> {
  if (userId === null) return { caller, notAfter: expiresAt }
  const { standing, role, email, hasSecondFactor } = await findAdminAccount(tx, userId)
  // Nobody here will say when the role is taken away, so the session is not believed for longer than the token.
  if (standing === 'unknowable') return { caller, notAfter: expiresAt }
  if (standing !== 'good' || !isRole(role))
    throw new HangarError('forbidden', { operator: `${caller.actor} was refused: ${standing}` })
  if (hasSecondFactor && !secondFactor) throw new HangarError('second_factor_needed')
  return { caller: { ...caller, role, email: email ?? caller.email }, notAfter: null }
}
