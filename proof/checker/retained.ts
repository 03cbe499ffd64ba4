import type { Finding, Guarantee, View } from './view.ts'

export const nothingIsLost: Guarantee = {
  name: 'nothing is lost',
  says: "No row of the host's retained tables is lost or changed, and the events only grow.",
  findings: (view) => [...retainedTables(view), ...events(view)],
}

function retainedTables({ history: { retained } }: View): Finding[] {
  return Object.entries(retained.before).flatMap(([table, before]): Finding[] => {
    const after = retained.after[table]
    if (!after) return [{ what: `${table} was not read again` }]
    if (after.rows !== before.rows)
      return [{ what: `${table} had ${before.rows} rows and has ${after.rows}` }]
    if (after.checksum !== before.checksum) return [{ what: `rows of ${table} were changed` }]
    return []
  })
}

function events({ history }: View): Finding[] {
  const now = new Map(history.events.map((event) => [event.id, event]))
  return history.earlierEvents.flatMap((earlier): Finding[] => {
    const same = now.get(earlier.id)
    const told = `event ${earlier.id} ${earlier.eventType}`
    if (!same) return [{ userId: earlier.userId, what: `${told} is gone` }]
    if (same.eventType === earlier.eventType && same.userId === earlier.userId) return []
    return [{ userId: earlier.userId, what: `${told} is now ${same.eventType} of ${same.userId}` }]
  })
}
