/** Who is signed in. The answer carries the csrf token, so asking for it is what makes changes possible. */
import { queryOptions } from '@tanstack/react-query'
import { call, setCsrfToken } from './client.ts'

export const ROLES = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof ROLES)[number]

export type Session = {
  actor: string
  email: string | null
  role: Role
  expires_at: string
  csrf_token: string
}

const PATH = '/admin/session'

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => remember(await call<Session>('GET', PATH, { signal })),
  staleTime: Infinity,
  retry: false,
})

export async function signIn(email: string, password: string): Promise<Session> {
  return remember(await call<Session>('POST', PATH, { body: { email, password } }))
}

/** `everywhere` ends the person's sessions in other browsers too. */
export async function signOut(everywhere: boolean): Promise<void> {
  await call('DELETE', PATH, { query: everywhere ? { everywhere: true } : {} })
}

/** viewer < operator < admin. */
export function mayAct(session: Pick<Session, 'role'> | undefined, least: Role): boolean {
  return session !== undefined && ROLES.indexOf(session.role) >= ROLES.indexOf(least)
}

function remember(session: Session): Session {
  setCsrfToken(session.csrf_token)
  return session
}
