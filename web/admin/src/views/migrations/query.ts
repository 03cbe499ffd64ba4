import { queryOptions } from '@tanstack/react-query'
import { answer, api } from '../../api/client.ts'
import { usePages } from '../../api/pages.ts'
import type { components } from '../../api/schema.generated.ts'
import { goesOn, useVerb } from '../bulk/query.ts'
import type { ItemState } from '../bulk/route.ts'
import type { MigrationPlan } from './plan.ts'

export type Migration = components['schemas']['Migration']
export type MigrationItem = components['schemas']['MigrationItem']
export type MigrationPreview = components['schemas']['MigrationPreview']

const PAGE = 100
/** The stream tells of each step; this is for when it is away. */
const REFRESH_MS = 5_000

// Bulks, to the stream of changes too: their topic asks for these again.
export function useMigrations() {
  return usePages<Migration>(
    ['bulk', 'migrations'],
    (cursor, signal) =>
      answer(
        api.GET('/v1/migrations', { params: { query: { limit: PAGE, ...(cursor && { cursor }) } }, signal }),
      ),
    { refetchInterval: REFRESH_MS },
  )
}

export const migrationQuery = (id: string) =>
  queryOptions({
    queryKey: ['bulk', 'migration', id],
    queryFn: ({ signal }): Promise<Migration> =>
      answer(api.GET('/v1/migrations/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data === undefined || goesOn(state.data) ? REFRESH_MS : false),
  })

export function useMigrationItems(id: string, state: ItemState | undefined) {
  return usePages<MigrationItem>(['bulk', 'migration items', id, state ?? 'all'], (cursor, signal) => {
    const query = { limit: PAGE, ...(state && { state }), ...(cursor && { cursor }) }
    return answer(api.GET('/v1/migrations/{id}/items', { params: { path: { id }, query }, signal }))
  })
}

export const useMigrationVerb = (id: string) =>
  useVerb((verb, body) => answer(api.POST(`/v1/migrations/{id}/${verb}`, { params: { path: { id } }, body })))

export function previewMigration(plan: MigrationPlan, signal: AbortSignal): Promise<MigrationPreview> {
  const body = { ...plan, reason: 'preview' }
  return answer(
    api.POST('/v1/migrations', { params: { query: { dryRun: true } }, body, signal }),
  ) as Promise<MigrationPreview>
}

/** `expected` is the number that the preview said: where it is another by now, nothing is done. */
export async function startMigration(
  plan: MigrationPlan,
  { reason, key, expected }: { reason: string; key: string; expected: number },
): Promise<number> {
  const body = { ...plan, reason, expected_eligible: expected }
  const headers = { 'idempotency-key': key }
  const started = await answer(api.POST('/v1/migrations', { body, headers }))
  return 'migration_id' in started ? started.migration_id : 0
}
