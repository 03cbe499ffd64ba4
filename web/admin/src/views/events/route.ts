import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readOneOf, readText } from '../../lib/search-params.ts'
import { shellRoute } from '../../routes.tsx'

export const EVENT_STATUSES = ['started', 'success', 'failed', 'skipped'] as const

export type EventsSearch = { type?: string; status?: (typeof EVENT_STATUSES)[number]; user?: string }

export const eventsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/events',
  validateSearch: (search: Record<string, unknown>): EventsSearch => {
    const type = readText(search['type'], 60)
    const status = readOneOf(search['status'], EVENT_STATUSES)
    const user = readText(search['user'], 60)
    return { ...(type && { type }), ...(status && { status }), ...(user && { user }) }
  },
  component: lazyRouteComponent(() => import('./view.tsx'), 'Events'),
})
