import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { shellRoute } from '../../routes.tsx'

export const appRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/apps/$userId',
  component: lazyRouteComponent(() => import('./view.tsx'), 'App'),
})
