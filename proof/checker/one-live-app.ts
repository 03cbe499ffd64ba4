import {
  about,
  bringsUp,
  type Finding,
  type Guarantee,
  isLosers,
  named,
  notBefore,
  shown,
  type View,
} from './view.ts'

/** Rows never overlap, and Fly is asked to bring something up only while its row lives. */
export const oneLiveApp: Guarantee = {
  name: 'one live app',
  says: 'A user has at most one live app, in the table and on Fly, and nothing is on Fly that no row knows of.',
  findings: (view) => [...overlappingRows(view), ...callsOutsideOfALife(view)],
}

function overlappingRows(view: View): Finding[] {
  return [...view.rowsByUser.values()].flatMap((rows) =>
    rows.flatMap((row, index): Finding[] => {
      const next = rows[index + 1]
      if (!next) return []
      if (row.deletedAt && notBefore(next.createdAt, row.deletedAt)) return []
      const end = row.deletedAt ? `ended at ${shown(row.deletedAt)}` : 'has not ended'
      const what = `generation ${row.generation} ${end}, generation ${next.generation} began at ${shown(next.createdAt)}`
      return [{ ...about(row), what }]
    }),
  )
}

/** What a loser's one call in flight brings up after the end is an orphan, which has to be gone at the end. */
function callsOutsideOfALife(view: View): Finding[] {
  const { calls, history } = view
  return calls
    .filter((call) => call.applied && bringsUp(call) && (call.app ?? '').startsWith(history.appPrefix))
    .flatMap((call): Finding[] => {
      const { row } = call
      if (!row) return [{ app: call.app ?? '', what: `${named(call)} for an app that no row ever named` }]
      if (!notBefore(call.endedAtMs ?? call.atMs, row.createdAt))
        return [{ ...about(row), what: `${named(call)} before its row was made` }]
      if (row.deletedAt && !notBefore(row.deletedAt, call.atMs) && !isLosers(view, call, row))
        return [{ ...about(row), what: `${named(call)} after its row had ended` }]
      return []
    })
}
