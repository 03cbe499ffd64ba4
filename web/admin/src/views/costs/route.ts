import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { readOneOf, readText } from '../../lib/search-params.ts'
import { shellRoute } from '../../routes.tsx'

/** What users can be sorted by, as the API names it; with `-` before it, the dearest first. */
export const COST_SORTS = ['month', 'forecast', 'margin', 'user'] as const
export type CostSort = (typeof COST_SORTS)[number]
const SORTS = COST_SORTS.flatMap((sort) => [sort, `-${sort}`] as const)

export type CostsSearch = { month?: string; sort?: (typeof SORTS)[number] }

export const costsRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/costs',
  /** Without `month`: this one. */
  validateSearch: (search: Record<string, unknown>): CostsSearch => {
    const month = readText(search['month'], 7)
    const sort = readOneOf(search['sort'], SORTS)
    return {
      ...(month !== undefined && /^20\d\d-(0[1-9]|1[0-2])$/.test(month) && { month }),
      ...(sort && { sort }),
    }
  },
  component: lazyRouteComponent(() => import('./view.tsx'), 'Costs'),
})
