import { formatCount, formatDuration, formatMoney, plural } from '../../lib/format.ts'
import { Tile, Tiles } from '../../ui/tiles.tsx'
import { Ago } from '../../ui/time.tsx'
import type { Overview } from './query.ts'

const badIf = (count: number) => (count > 0 ? ('bad' as const) : undefined)
const warnIf = (count: number) => (count > 0 ? ('warn' as const) : undefined)

/** What should be against what is. */
export function StateTiles({ overview: { apps, desired, differences, fly } }: { overview: Overview }) {
  const failing = apps.by_status['error'] ?? 0
  const unhealthy = apps.by_health['unhealthy'] ?? 0
  return (
    <Tiles label="What should be, and what is">
      <Tile
        label="Live apps"
        value={formatCount(apps.live)}
        note={`${formatCount(desired.entitled)} users should have one`}
        link={{ to: '/apps' }}
      />
      <Tile
        label="Missing"
        value={formatCount(differences.missing)}
        note="should have an app, and have none"
        tone={warnIf(differences.missing)}
      />
      <Tile
        label="Surplus"
        value={formatCount(differences.surplus)}
        note="have an app, and should have none"
        tone={warnIf(differences.surplus)}
      />
      <Tile
        label="Failing"
        value={formatCount(failing)}
        note="in the state error"
        tone={badIf(failing)}
        link={{ to: '/apps', search: { status: ['error'] } }}
      />
      <Tile
        label="Unhealthy"
        value={formatCount(unhealthy)}
        note="up, and not well"
        tone={badIf(unhealthy)}
        link={{ to: '/apps', search: { health: ['unhealthy'] } }}
      />
      <Tile
        label="Fly"
        value={fly.reachable ? 'Answers' : 'Unreachable'}
        note={
          fly.since === null ? (
            'work goes on'
          ) : (
            <>
              since <Ago at={fly.since} />; work waits
            </>
          )
        }
        tone={fly.reachable ? undefined : 'bad'}
      />
    </Tiles>
  )
}

/** What waits, and for whom nothing goes on by itself. */
export function WorkTiles({
  overview: { alerts, differences, orphans, outbox, stuck },
}: {
  overview: Overview
}) {
  const open = alerts.critical + alerts.warning + alerts.info
  return (
    <Tiles label="Work and alerts">
      <Tile
        label="Alerts"
        value={formatCount(open)}
        note={`${formatCount(alerts.critical)} critical, ${formatCount(alerts.unacknowledged)} not acknowledged`}
        tone={badIf(alerts.critical) ?? warnIf(alerts.warning)}
        link={{ to: '/alerts' }}
      />
      <Tile
        label="Stuck"
        value={formatCount(stuck)}
        note="longer in one state than is usual"
        tone={badIf(stuck)}
        link={{ to: '/apps', search: { attention: ['stuck'] } }}
      />
      <Tile
        label="Parked"
        value={formatCount(differences.parked)}
        note="nobody looks at them for a while"
        tone={warnIf(differences.parked)}
        link={{ to: '/apps', search: { attention: ['parked'] } }}
      />
      <Tile
        label="Pending"
        value={formatCount(differences.pending)}
        note={
          outbox.pending === 0
            ? 'more is wanted than is done'
            : `${plural(outbox.pending, 'user')} due, the oldest for ${formatDuration(outbox.oldest_ms)}`
        }
      />
      <Tile
        label="Orphans"
        value={formatCount(orphans.count)}
        note={`${formatMoney(orphans.monthly_cost_usd)} a month`}
        tone={warnIf(orphans.count)}
        link={{ to: '/orphans' }}
      />
    </Tiles>
  )
}

export function CostTiles({ overview: { cost } }: { overview: Overview }) {
  const over = cost.budget_usd !== null && Number(cost.forecast_usd) > Number(cost.budget_usd)
  return (
    <Tiles label="Costs">
      <Tile label="Today" value={formatMoney(cost.today_usd)} link={{ to: '/costs' }} />
      <Tile label="This month" value={formatMoney(cost.month_usd)} link={{ to: '/costs' }} />
      <Tile
        label="Foreseen for the month"
        value={formatMoney(cost.forecast_usd)}
        note={cost.budget_usd === null ? 'no budget is set' : `budget ${formatMoney(cost.budget_usd)}`}
        tone={over ? 'bad' : undefined}
      />
    </Tiles>
  )
}
