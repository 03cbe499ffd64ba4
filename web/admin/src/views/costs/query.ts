import { queryOptions } from '@tanstack/react-query'
import { answer, api } from '../../api/client.ts'
import { usePages } from '../../api/pages.ts'
import type { components } from '../../api/schema.generated.ts'
import type { CostSort, CostsSearch } from './route.ts'

export type Costs = components['schemas']['Costs']
export type Profitability = components['schemas']['Profitability']
export type UserCost = components['schemas']['UserCost']

const PAGE = 100
const REFRESH_MS = 60_000

export const costsQuery = (month: string | undefined) =>
  queryOptions({
    queryKey: ['costs', 'month', month ?? 'now'],
    queryFn: ({ signal }): Promise<Costs> =>
      answer(api.GET('/v1/costs', { params: { query: month === undefined ? {} : { month } }, signal })),
    refetchInterval: REFRESH_MS,
  })

export const profitQuery = queryOptions({
  queryKey: ['costs', 'profit'],
  queryFn: ({ signal }): Promise<Profitability> => answer(api.GET('/v1/profitability', { signal })),
})

export const projectionsQuery = queryOptions({
  queryKey: ['costs', 'projections'],
  queryFn: ({ signal }) => answer(api.GET('/v1/projections', { signal })),
})

export function useUserCosts({ month, sort = '-month' }: CostsSearch) {
  const by = sort.replace('-', '') as CostSort
  const order = sort.startsWith('-') ? 'desc' : 'asc'
  return usePages<UserCost>(['costs', 'users', month ?? 'now', sort], (cursor, signal) => {
    const query = {
      limit: PAGE,
      sort: by,
      order,
      ...(month && { month }),
      ...(cursor && { cursor }),
    } as const
    return answer(api.GET('/v1/costs/users', { params: { query }, signal }))
  })
}
