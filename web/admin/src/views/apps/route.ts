import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '../../routes.tsx'
import { readAppsSearch } from './search.ts'

export const appsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/apps',
  validateSearch: readAppsSearch,
  component: lazyRouteComponent(() => import('./view.tsx'), 'Apps'),
})
