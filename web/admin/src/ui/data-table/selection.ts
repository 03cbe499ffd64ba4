/**
 * Which rows are selected, by their ids: it outlives every change of the rows themselves, and ends when other rows
 * are asked for, because nobody should act on what they cannot see.
 */
import { useCallback, useMemo, useState } from 'react'

export type Selection = {
  ids: ReadonlySet<string>
  toggle: (id: string) => void
  /** Puts all of these in, or takes all of them out. */
  setAll: (ids: readonly string[], selected: boolean) => void
  clear: () => void
}

export function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(ids)
  if (!next.delete(id)) next.add(id)
  return next
}

export function withAll(
  ids: ReadonlySet<string>,
  changed: readonly string[],
  selected: boolean,
): ReadonlySet<string> {
  const next = new Set(ids)
  for (const id of changed) {
    if (selected) next.add(id)
    else next.delete(id)
  }
  return next
}

/** Shift and click: every row from the one before to this one. */
export function idsBetween(order: readonly string[], from: string, to: string): string[] {
  const start = order.indexOf(from)
  const end = order.indexOf(to)
  if (start === -1 || end === -1) return [to]
  return order.slice(Math.min(start, end), Math.max(start, end) + 1)
}

const NOTHING: ReadonlySet<string> = new Set()

/** `of` says which rows are asked for: their filters, without their order. */
export function useSelection(of = ''): Selection {
  const [state, setState] = useState({ of, ids: NOTHING })
  if (state.of !== of) setState({ of, ids: NOTHING })
  const change = useCallback(
    (next: (ids: ReadonlySet<string>) => ReadonlySet<string>) =>
      setState((before) => ({ ...before, ids: next(before.ids) })),
    [],
  )
  const toggle = useCallback((id: string) => change((ids) => toggled(ids, id)), [change])
  const setAll = useCallback(
    (changed: readonly string[], selected: boolean) => change((ids) => withAll(ids, changed, selected)),
    [change],
  )
  const clear = useCallback(() => change(() => NOTHING), [change])
  const { ids } = state
  return useMemo(() => ({ ids, toggle, setAll, clear }), [ids, toggle, setAll, clear])
}
