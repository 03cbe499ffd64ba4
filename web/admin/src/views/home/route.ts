import { createRoute, redirect } from '@tanstack/react-router'
import { shellRoute } from '../../routes.tsx'

/** `/admin` itself. */
export const homeRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/',
  beforeLoad: () => {
    redirect({ to: '/overview', throw: true })
  },
})
