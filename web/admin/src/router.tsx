/**
 * Every view, its address and what its address may say. A view is loaded when it is first gone to; all but the
 * sign-in are inside the shell and need a session.
 */
import type { QueryClient } from '@tanstack/react-query'
import { createRouter } from '@tanstack/react-router'
import { parseSearch, stringifySearch } from './lib/search-params.ts'
import { rootRoute, shellRoute } from './routes.tsx'
import { Failed, Loading } from './ui/states.tsx'
import { appRoute } from './views/app/route.ts'
import { appsRoute } from './views/apps/route.ts'
import { alertsRoute } from './views/alerts/route.ts'
import { auditRoute } from './views/audit/route.ts'
import { bulkListRoute, bulkRoute } from './views/bulk/route.ts'
import { costsRoute } from './views/costs/route.ts'
import { eventsRoute } from './views/events/route.ts'
import { homeRoute } from './views/home/route.ts'
import { migrationListRoute, migrationRoute } from './views/migrations/route.ts'
import { orphansRoute } from './views/orphans/route.ts'
import { overviewRoute } from './views/overview/route.ts'
import { settingsRoute } from './views/settings/route.ts'
import { signInRoute } from './views/sign-in/route.ts'

const routeTree = rootRoute.addChildren([
  signInRoute,
  shellRoute.addChildren([
    homeRoute,
    overviewRoute,
    appsRoute,
    appRoute,
    costsRoute,
    alertsRoute,
    orphansRoute,
    bulkListRoute,
    bulkRoute,
    migrationListRoute,
    migrationRoute,
    eventsRoute,
    auditRoute,
    settingsRoute,
  ]),
])

export function createPageRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    basepath: '/admin',
    context: { queries },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    // The query cache knows what is fresh.
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: () => <Loading what="the view" />,
    defaultErrorComponent: ({ error, reset }) => <Failed error={error} onRetry={reset} />,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createPageRouter>
  }
}
