import { z } from 'zod'
import { ROLES } from '../../auth/caller.ts'
import type { Session, Sessions } from '../../auth/session.ts'

/** Who is signed in, as the page is told. */
export const sessionAnswer = z
  .strictObject({
    actor: z.string().describe('As the audit log has it: `user:<uuid>`, or `service_role` for a key.'),
    email: z.string().nullable(),
    role: z.enum(ROLES).describe('As the account has it now; it is read again within a minute.'),
    expires_at: z.iso.datetime().describe('The session ends then, whatever is done with it.'),
    idle_timeout_ms: z.int().describe('And after so long without a request.'),
    csrf_token: z.string().describe('What a change by this session has to carry as `X-CSRF-Token`.'),
  })
  .meta({ id: 'Session' })

export function sessionView(
  { caller, expiresAt, csrfToken }: Session,
  { settings }: Sessions,
): z.output<typeof sessionAnswer> {
  const { actor, email, role } = caller
  return {
    actor,
    email,
    role,
    expires_at: expiresAt.toISOString(),
    idle_timeout_ms: settings.idleMs,
    csrf_token: csrfToken,
  }
}
