import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readText } from '../../lib/search-params.ts'
import { rootRoute } from '../../routes.tsx'

export const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  /** Where to go afterwards: a path of ours, never an address of somebody else's. */
  validateSearch: (search: Record<string, unknown>): { return?: string } => {
    const target = readText(search['return'], 2_000)
    return target !== undefined && /^\/(?![/\\])/.test(target) ? { return: target } : {}
  },
  component: lazyRouteComponent(() => import('./view.tsx'), 'SignIn'),
})
