import { useMutation, useQueryClient } from '@tanstack/react-query'
import { answer, api } from '../../api/client.ts'
import { usePages } from '../../api/pages.ts'
import type { components } from '../../api/schema.generated.ts'
import { plural } from '../../lib/format.ts'
import { toast } from '../../shell/toasts.tsx'

export type Alert = components['schemas']['Alert']

const PAGE = 100

export function useAlerts(state: 'open' | 'all') {
  return usePages<Alert>(['alerts', 'list', state], (cursor, signal) =>
    answer(
      api.GET('/v1/alerts', { params: { query: { state, limit: PAGE, ...(cursor && { cursor }) } }, signal }),
    ),
  )
}

/** One call for each: those that came through are acknowledged, whatever happens to the others. */
export function useAcknowledge(onDone: () => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (ids: readonly number[]) => {
      for (const id of ids) {
        await answer(api.POST('/v1/alerts/{id}/acknowledge', { params: { path: { id: String(id) } } }))
      }
    },
    onSuccess: (_nothing, ids) => {
      toast.done(`Acknowledged ${plural(ids.length, 'alert')}`)
      onDone()
    },
    onError: toast.error,
    onSettled: () =>
      Promise.all(['alerts', 'overview'].map((topic) => queries.invalidateQueries({ queryKey: [topic] }))),
  })
}
