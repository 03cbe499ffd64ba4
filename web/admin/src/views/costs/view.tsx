/** What apps cost: now, by day, by tier and machine, by user; what is foreseen; and what is left of it. */
import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { toQuery } from '../../api/client.ts'
import { formatMoney, formatTime } from '../../lib/format.ts'
import { Page, Section } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { ByDay, ByMachine, ByTier, Figures } from './month.tsx'
import { Profit, Projections } from './profit.tsx'
import { costsQuery, type Costs as CostsAnswer } from './query.ts'
import { costsRoute } from './route.ts'
import { UserCosts } from './users.tsx'

export function Costs() {
  const { month } = costsRoute.useSearch()
  const query = useQuery(costsQuery(month))
  return (
    <Page
      title="Costs"
      meta={query.data && <>{`As of ${formatTime(query.data.as_of)}, ${priced(query.data)}`}</>}
      actions={
        <>
          <MonthField month={query.data?.month} />
          <a className="button button-plain" href={`/v1/costs.csv${toQuery({ month })}`} download>
            Download as CSV
          </a>
        </>
      }
    >
      <Loaded query={query} what="the costs">
        {(costs) => (
          <>
            <Figures costs={costs} />
            <ByDay costs={costs} />
            <div className="columns">
              <ByTier costs={costs} />
              <ByMachine costs={costs} />
            </div>
          </>
        )}
      </Loaded>
      <div className="columns">
        <Profit />
        <Projections />
      </div>
      <Section title="By user">
        <UserCosts />
      </Section>
    </Page>
  )
}

const priced = ({ price_model: model, monthly_rate_usd: rate }: CostsAnswer): string =>
  `priced with ${model.name}; what runs now costs ${formatMoney(rate)} a month`

function MonthField({ month }: { month: string | undefined }) {
  const navigate = useNavigate({ from: '/costs' })
  return (
    <label className="inline-field">
      Month
      <input
        type="month"
        value={month ?? ''}
        min="2020-01"
        onChange={({ target }) =>
          void navigate({
            search: ({ sort }) => ({
              ...(sort && { sort }),
              ...(target.value !== '' && { month: target.value }),
            }),
          })
        }
      />
    </label>
  )
}
