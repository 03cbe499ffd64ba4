import { isGood, type Outcome } from './campaign.ts'

const SHOWN = 25

/** For people: what was done to the system, what it did, and what was wrong. */
export function reportLines(outcome: Outcome): string[] {
  const { figures, violations, unexpected, missing, nemesisFailures, neverStruck, logFolder } = outcome
  const { webhooks, faults, flyStrikes, restarts } = figures
  const total = (counts: Record<string, number>) =>
    Object.values(counts).reduce((sum, count) => sum + count, 0)
  const rows: [string, string | number][] = [
    ...Object.entries(faults),
    ['faults in all', total(faults)],
    ["struck by Fly's faults", total(flyStrikes)],
    ...Object.entries(flyStrikes)
      .sort()
      .map(([kind, times]): [string, number] => [`  ${kind}`, times]),
    ['tier changes', `${figures.flips} (${figures.flipsRepeated} writes repeated)`],
    ['webhooks sent', webhooks.received],
    ['  lost / doubled / late', `${webhooks.lost} / ${webhooks.doubled} / ${webhooks.late}`],
    ['  accepted / refused / failed', `${webhooks.accepted} / ${webhooks.refused} / ${webhooks.failed}`],
    ['generations', figures.generations],
    ['drains reported by apps', figures.drainsReported],
    ['apps that began to trade', `${figures.trading.spells}, of which ${figures.trading.atTheEnd} still do`],
    ['calls to Fly, changes', `${figures.flyCalls}, ${figures.flyMutations}`],
    ['events', figures.events],
    ['services started again', `${total(restarts)} (${figures.endedByThemselves} ended by themselves)`],
    ['unexpected log lines', figures.unexpectedLogLines],
    ['violations', figures.violations],
    ['seconds to converge', figures.secondsToConverge ?? 'not in time'],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return [
    ...rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`),
    ...some(
      'violation',
      violations.map(
        ({ guarantee, what, userId = '', app = '' }) => `${guarantee}: ${userId} ${app} ${what}`,
      ),
    ),
    ...some('still missing', missing),
    ...some('unexpected log line', unexpected),
    ...some('the nemesis itself failed', nemesisFailures),
    ...some('kind of fault that never struck', neverStruck),
    ...(!isGood(outcome) ? ['', `seed ${figures.seed}; the logs are in ${logFolder}`] : []),
  ]
}

function some(what: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  const more = lines.length > SHOWN ? [`… and ${lines.length - SHOWN} more`] : []
  return ['', `${what} (${lines.length}):`, ...lines.slice(0, SHOWN), ...more]
}
