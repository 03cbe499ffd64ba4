import { useQueryClient } from '@tanstack/react-query'
import { answer, api } from '../../api/client.ts'
import { usePages } from '../../api/pages.ts'
import type { components, operations } from '../../api/schema.generated.ts'

export type Orphan = components['schemas']['Orphan']
type OrphanPage = operations['get-v1-orphans']['responses'][200]['content']['application/json']
export type OrphanState = 'found' | 'all'
export type OrphanAct = 'adopt' | 'delete'

const PAGE = 100

export function useOrphans(state: OrphanState) {
  return usePages<Orphan, OrphanPage>(['orphans', 'list', state], (cursor, signal) =>
    answer(
      api.GET('/v1/orphans', {
        params: { query: { state, limit: PAGE, ...(cursor && { cursor }) } },
        signal,
      }),
    ),
  )
}

/** `key` is the same for each try from one dialog. */
export function useOrphanAct(): (
  act: OrphanAct,
  orphan: Orphan,
  said: { reason: string; key: string },
) => Promise<void> {
  const queries = useQueryClient()
  return async (act, { app_name: name }, { reason, key }) => {
    const params = { path: { appName: name } }
    const options = { params, body: { reason }, headers: { 'idempotency-key': key } }
    if (act === 'delete') await answer(api.POST('/v1/orphans/{appName}/delete', options))
    else await answer(api.POST('/v1/orphans/{appName}/adopt', options))
    await Promise.all(
      ['orphans', 'overview'].map((topic) => queries.invalidateQueries({ queryKey: [topic] })),
    )
  }
}
