import { useQuery } from '@tanstack/react-query'
import { formatCode, formatCount, formatMoney } from '../../lib/format.ts'
import { Section } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { profitQuery, projectionsQuery, type Profitability } from './query.ts'

type Margins = Profitability['total']

/** This month as it is foreseen: what users pay, and what of it is left. */
export function Profit() {
  const query = useQuery(profitQuery)
  return (
    <Section title="Profit this month, as foreseen">
      <Loaded query={query} what="the profit">
        {(profit) => (
          <>
            {!profit.revenue_configured && <NoRevenue />}
            <table className="plain-table">
              <thead>
                <tr>
                  <th scope="col">Tier</th>
                  {['Users', 'Revenue', 'Cost', 'Margin'].map((name) => (
                    <th key={name} scope="col" className="cell-end">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {profit.tiers.map((tier) => (
                  <MarginRow key={tier.tier} name={formatCode(tier.tier)} margins={tier} />
                ))}
                <MarginRow name="All" margins={profit.total} />
              </tbody>
            </table>
          </>
        )}
      </Loaded>
    </Section>
  )
}

function NoRevenue() {
  return (
    <p className="hint">
      Without <code>TIER_REVENUE_MONTHLY_USD</code> nobody knows what users pay: there is no revenue and no
      margin.
    </p>
  )
}

function MarginRow({ name, margins }: { name: string; margins: Margins }) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="cell-end">{formatCount(margins.users)}</td>
      <td className="cell-end">{formatMoney(margins.revenue_usd)}</td>
      <td className="cell-end">{formatMoney(margins.cost_usd)}</td>
      <td className="cell-end">{formatMoney(margins.margin_usd)}</td>
    </tr>
  )
}

/** What it would cost, were there as many users. */
export function Projections() {
  const query = useQuery(projectionsQuery)
  return (
    <Section title="With more users, a month">
      <Loaded query={query} what="the projections">
        {({ items }) => (
          <table className="plain-table">
            <thead>
              <tr>
                {['Users', 'Cost', 'Revenue', 'Margin'].map((name) => (
                  <th key={name} scope="col" className="cell-end">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((item) => (
                <tr key={item.users}>
                  <th scope="row" className="cell-end">
                    {formatCount(item.users)}
                  </th>
                  <td className="cell-end">{formatMoney(item.cost_usd)}</td>
                  <td className="cell-end">{formatMoney(item.revenue_usd)}</td>
                  <td className="cell-end">{formatMoney(item.margin_usd)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Loaded>
    </Section>
  )
}
