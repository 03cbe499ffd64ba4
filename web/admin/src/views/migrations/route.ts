import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '../../routes.tsx'
import { readItemSearch } from '../bulk/route.ts'

export const migrationListRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/migrations',
  component: lazyRouteComponent(() => import('./list.tsx'), 'MigrationList'),
})

export const migrationRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/migrations/$migrationId',
  validateSearch: readItemSearch,
  component: lazyRouteComponent(() => import('./detail.tsx'), 'MigrationDetail'),
})
