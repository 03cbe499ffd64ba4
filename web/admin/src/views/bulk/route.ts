import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readOneOf } from '../../lib/search-params.ts'
import { shellRoute } from '../../routes.tsx'

export const ITEM_STATES = ['waiting', 'asked', 'done', 'failed', 'skipped'] as const
export type ItemState = (typeof ITEM_STATES)[number]

/** Which users are listed; without `state`, every one. */
export function readItemSearch(search: Record<string, unknown>): { state?: ItemState } {
  const state = readOneOf(search['state'], ITEM_STATES)
  return state === undefined ? {} : { state }
}

export const bulkListRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/bulk',
  component: lazyRouteComponent(() => import('./list.tsx'), 'BulkList'),
})

export const bulkRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/bulk/$bulkId',
  validateSearch: readItemSearch,
  component: lazyRouteComponent(() => import('./detail.tsx'), 'BulkDetail'),
})
