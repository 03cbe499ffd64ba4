import { about, type Finding, type Guarantee, isLosers, named, notBefore, type View } from './view.ts'

export const namesAreUsedOnce: Guarantee = {
  name: 'names are used once',
  says: "A user's generations are numbered 1 to n, and no name or network ever belongs to two of them.",
  findings: (view) => [...numbering(view), ...shared(view), ...remade(view)],
}

function numbering({ rowsByUser }: View): Finding[] {
  return [...rowsByUser].flatMap(([userId, rows]): Finding[] => {
    const numbers = rows.map((row) => row.generation)
    if (numbers.every((number, index) => number === index + 1)) return []
    return [{ userId, what: `its generations are ${numbers.join(', ')}` }]
  })
}

function shared({ history }: View): Finding[] {
  return (['flyAppName', 'network'] as const).flatMap((column) =>
    [...Map.groupBy(history.apps, (row) => row[column])]
      .filter(([, rows]) => rows.length > 1)
      .map(([name, rows]) => ({
        app: name,
        what: `${column} of ${rows.length} rows: ${rows.map((row) => `${row.userId}/${row.generation}`).join(', ')}`,
      })),
  )
}

/** Fly keeps no names of its own: an app of an ended generation would come back under the same one. */
function remade(view: View): Finding[] {
  return view.calls.flatMap((call): Finding[] => {
    const ended = call.row?.deletedAt
    if (call.operation !== 'apps.create' || !call.applied || !call.row || !ended) return []
    if (notBefore(ended, call.atMs) || isLosers(view, call, call.row)) return []
    return [{ ...about(call.row), what: `${named(call)} under the name of a generation that had ended` }]
  })
}
