import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readOneOf } from '../../lib/search-params.ts'
import { shellRoute } from '../../routes.tsx'

export type OrphansSearch = { state?: 'all' }

export const orphansRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/orphans',
  /** Without `state`: those that are still there. */
  validateSearch: (search: Record<string, unknown>): OrphansSearch => {
    const state = readOneOf(search['state'], ['all'] as const)
    return state === undefined ? {} : { state }
  },
  component: lazyRouteComponent(() => import('./view.tsx'), 'Orphans'),
})
