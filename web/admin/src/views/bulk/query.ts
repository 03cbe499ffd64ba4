import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '../../api/client.ts'
import { usePages } from '../../api/pages.ts'
import type { components } from '../../api/schema.generated.ts'
import { toast } from '../../shell/toasts.tsx'
import type { ItemState } from './route.ts'

export type Bulk = components['schemas']['Bulk']
export type BulkItem = components['schemas']['BulkItem']
/** What a bulk run and a migration have in common. */
export type Run = Pick<
  Bulk,
  'id' | 'state' | 'counts' | 'total' | 'held_by' | 'ended_at' | 'eta_seconds' | 'created_at' | 'reason'
>
type Verb = 'pause' | 'resume' | 'cancel'

const PAGE = 100
/** The stream tells of each step; this is for when it is away. */
const REFRESH_MS = 5_000

/** Some of its users have yet to come to an end. */
export const goesOn = (run: Run): boolean => run.ended_at === null

/** Those who came to their end, whichever it was. */
export const ended = ({ counts }: Run): number => counts.done + counts.failed + counts.skipped

export function useBulks() {
  return usePages<Bulk>(
    ['bulk', 'list'],
    (cursor, signal) =>
      answer(api.GET('/v1/bulk', { params: { query: { limit: PAGE, ...(cursor && { cursor }) } }, signal })),
    { refetchInterval: REFRESH_MS },
  )
}

export const bulkQuery = (id: string) =>
  queryOptions({
    queryKey: ['bulk', 'one', id],
    queryFn: ({ signal }): Promise<Bulk> =>
      answer(api.GET('/v1/bulk/{id}', { params: { path: { id } }, signal })),
    refetchInterval: ({ state }) => (state.data === undefined || goesOn(state.data) ? REFRESH_MS : false),
  })

export function useBulkItems(id: string, state: ItemState | undefined) {
  return usePages<BulkItem>(['bulk', 'items', id, state ?? 'all'], (cursor, signal) => {
    const query = { limit: PAGE, ...(state && { state }), ...(cursor && { cursor }) }
    return answer(api.GET('/v1/bulk/{id}/items', { params: { path: { id }, query }, signal }))
  })
}

const DID: Readonly<Record<Verb, string>> = { pause: 'Paused', resume: 'Goes on', cancel: 'Cancelled' }

/** `ask` puts the verb to the API; how it went is said, and what is shown of runs is asked for again. */
export function useVerb(ask: (verb: Verb, body: { reason?: string }) => Promise<unknown>) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ verb, ...body }: { verb: Verb; reason?: string }) => ask(verb, body),
    onSuccess: (_answer, { verb }) => toast.done(DID[verb]),
    onError: toast.error,
    onSettled: () => queries.invalidateQueries({ queryKey: ['bulk'] }),
  })
}

export const useBulkVerb = (id: string) =>
  useVerb((verb, body) => answer(api.POST(`/v1/bulk/{id}/${verb}`, { params: { path: { id } }, body })))
