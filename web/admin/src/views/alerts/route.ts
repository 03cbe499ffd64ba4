import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readOneOf } from '../../lib/search-params.ts'
import { shellRoute } from '../../routes.tsx'

export type AlertsSearch = { state?: 'all' }

export const alertsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/alerts',
  /** Without `state`: those that are not over. */
  validateSearch: (search: Record<string, unknown>): AlertsSearch => {
    const state = readOneOf(search['state'], ['all'] as const)
    return state === undefined ? {} : { state }
  },
  component: lazyRouteComponent(() => import('./view.tsx'), 'Alerts'),
})
