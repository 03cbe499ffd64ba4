import { formatCode, formatCount, formatDay, formatGuest, formatMoney } from '../../lib/format.ts'
import { Chart } from '../../ui/chart.tsx'
import { Section } from '../../ui/page.tsx'
import { Bar, Tile, Tiles } from '../../ui/tiles.tsx'
import { daysOf } from './days.ts'
import type { Costs } from './query.ts'

export function Figures({ costs }: { costs: Costs }) {
  const { budget, savings } = costs
  const overBudget = budget !== null && Number(budget.forecast_pct) > 100
  return (
    <Tiles label="The month">
      <Tile label="Today" value={formatMoney(costs.today_usd)} />
      <Tile label="The month so far" value={formatMoney(costs.month_usd)} />
      <Tile
        label="Foreseen for the month"
        value={formatMoney(costs.forecast_usd)}
        note={
          budget === null
            ? 'no budget is set'
            : `${budget.forecast_pct} % of ${formatMoney(budget.monthly_usd)}`
        }
        tone={overBudget ? 'bad' : undefined}
      />
      <Tile
        label="Machines"
        value={formatCount(costs.running)}
        note={`${formatCount(costs.stored)} stopped and stored`}
      />
      <Tile
        label="Saved by taking apps away"
        value={formatMoney(savings.month_usd)}
        note={`${formatCount(savings.apps)} apps; ${formatMoney(savings.total_usd)} in all`}
      />
    </Tiles>
  )
}

/** A fleet of a few apps costs parts of a cent a day, and an axis of zeros says nothing. */
const formatAmount = (usd: number): string =>
  usd > 0 && usd < 0.1 ? `$${usd.toPrecision(1)}` : formatMoney(usd)

export function ByDay({ costs }: { costs: Costs }) {
  const days = daysOf(costs.month, costs.days, costs.as_of)
  return (
    <Section title="By day">
      <Chart
        label={`Costs of each day of ${costs.month}`}
        times={days.map(({ day }) => day)}
        series={[{ label: 'US dollars', values: days.map(({ usd }) => Number(usd)), bars: true }]}
        format={formatAmount}
        formatTime={formatDay}
      />
    </Section>
  )
}

export function ByTier({ costs: { tiers } }: { costs: Costs }) {
  const total = tiers.reduce((sum, { usd }) => sum + Number(usd), 0)
  return (
    <Section title="By tier">
      {tiers.length === 0 && <p className="muted">Nothing has cost anything.</p>}
      <ul className="breakdown">
        {tiers.map(({ tier, usd }) => (
          <li key={tier}>
            <span>{formatCode(tier)}</span>
            <Bar share={total === 0 ? 0 : Number(usd) / total} />
            <span className="breakdown-count">{formatMoney(usd)}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}

export function ByMachine({ costs: { machines } }: { costs: Costs }) {
  return (
    <Section title="By machine">
      {machines.length === 0 ? (
        <p className="muted">There was no machine.</p>
      ) : (
        <table className="plain-table">
          <thead>
            <tr>
              <th scope="col">Machine</th>
              <th scope="col">Region</th>
              <th scope="col" className="cell-end">
                Hours
              </th>
              <th scope="col" className="cell-end">
                Cost
              </th>
            </tr>
          </thead>
          <tbody>
            {machines.map((machine) => (
              <tr key={`${machine.region} ${machine.state} ${formatGuest(machine)}`}>
                <th scope="row">
                  {formatGuest(machine)}
                  {machine.state === 'stored' && ', stopped'}
                </th>
                <td>{machine.region}</td>
                <td className="cell-end">{machine.hours}</td>
                <td className="cell-end">{formatMoney(machine.usd)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  )
}
