import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readOneOf } from '../../lib/search-params.ts'
import { shellRoute } from '../../routes.tsx'
import { ITEM_STATES, type ItemState } from '../bulk/route.ts'

export const migrationListRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/migrations',
  component: lazyRouteComponent(() => import('./list.tsx'), 'MigrationList'),
})

export const migrationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/migrations/$migrationId',
  /** Without `state`: every user in it. */
  validateSearch: (search: Record<string, unknown>): { state?: ItemState } => {
    const state = readOneOf(search['state'], ITEM_STATES)
    return state === undefined ? {} : { state }
  },
  component: lazyRouteComponent(() => import('./detail.tsx'), 'MigrationDetail'),
})
