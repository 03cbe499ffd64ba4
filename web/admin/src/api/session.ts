/** Who is signed in. The answer carries the csrf token, so asking for it is what makes changes possible. */
import { queryOptions } from '@tanstack/react-query'
import { answer, api, setCsrfToken } from './client.ts'
import type { components } from './schema.generated.ts'

export type Session = components['schemas']['Session']
export type Role = Session['role']

const ROLES: readonly Role[] = ['viewer', 'operator', 'admin']

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }) => remember(await answer(api.GET('/admin/session', { signal }))),
  staleTime: Infinity,
  retry: false,
})

export type Credentials = { email: string; password: string } | { access_token: string }

export async function signIn(credentials: Credentials): Promise<Session> {
  return remember(await answer(api.POST('/admin/session', { body: credentials })))
}

/** `everywhere` ends the person's sessions in other browsers too. */
export async function signOut(everywhere: boolean): Promise<void> {
  const query = everywhere ? { everywhere: 'true' as const } : {}
  await api.DELETE('/admin/session', { params: { query } })
}

/** viewer < operator < admin. */
export function mayAct(session: Pick<Session, 'role'> | undefined, least: Role): boolean {
  return session !== undefined && ROLES.indexOf(session.role) >= ROLES.indexOf(least)
}

function remember(session: Session): Session {
  setCsrfToken(session.csrf_token)
  return session
}
