/** The two routes that others hang on: the page itself, and the shell, inside which one is signed in. */
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, Outlet, redirect, useRouter } from '@tanstack/react-router'
import { isSignedOut } from './api/problem.ts'
import { sessionQuery } from './api/session.ts'
import { Shell } from './shell/shell.tsx'
import { Toasts } from './shell/toasts.tsx'
import { Failed } from './ui/states.tsx'

export const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: () => (
    <>
      <Outlet />
      <Toasts />
    </>
  ),
  notFoundComponent: () => (
    <main className="lone">
      <div className="state">
        <h1>There is no such page</h1>
        <a href="/admin">To the start</a>
      </div>
    </main>
  ),
})

export const shellRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'shell',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.query({ ...sessionQuery, staleTime: 'static' })
    } catch (error) {
      if (!isSignedOut(error)) throw error
      redirect({ to: '/sign-in', search: { return: location.href }, throw: true })
    }
  },
  component: Shell,
  errorComponent: NoSession,
})

/** The API does not answer: nobody can say who this is. */
function NoSession({ error }: { error: unknown }) {
  const router = useRouter()
  return (
    <main className="lone">
      <Failed error={error} onRetry={() => void router.invalidate()} />
    </main>
  )
}
