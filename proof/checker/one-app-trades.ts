import type { Finding, Guarantee } from './view.ts'
import { shown } from './view.ts'
import type { TradingSpell } from './history.ts'

/** The apps themselves say when they traded: whoever ran them wrote it down. */
export const oneAppTrades: Guarantee = {
  name: 'one app trades',
  says: 'Two apps of one user never run their traders at the same time.',
  findings: ({ history }) =>
    [...Map.groupBy(history.tradingSpells, ({ userId }) => userId).values()].flatMap(overlaps),
}

function overlaps(spells: readonly TradingSpell[]): Finding[] {
  const inOrder = spells.toSorted((a, b) => Number(a.from) - Number(b.from))
  let last: TradingSpell | null = null
  const findings: Finding[] = []
  for (const spell of inOrder) {
    if (last && (last.to === null || last.to > spell.from)) {
      const until = last.to === null ? 'to the end' : `until ${shown(last.to)}`
      findings.push({
        userId: spell.userId,
        app: spell.app,
        what: `it traded from ${shown(spell.from)}, and ${last.app} ${until}`,
      })
    }
    if (!last || (last.to !== null && (spell.to === null || spell.to > last.to))) last = spell
  }
  return findings
}
