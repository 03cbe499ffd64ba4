import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readText } from '../../lib/search-params.ts'
import { shellRoute } from '../../routes.tsx'

export type AuditSearch = { actor?: string; action?: string; user?: string }

export const auditRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/audit',
  validateSearch: (search: Record<string, unknown>): AuditSearch => {
    const actor = readText(search['actor'])
    const action = readText(search['action'])
    const user = readText(search['user'], 60)
    return { ...(actor && { actor }), ...(action && { action }), ...(user && { user }) }
  },
  component: lazyRouteComponent(() => import('./view.tsx'), 'Audit'),
})
