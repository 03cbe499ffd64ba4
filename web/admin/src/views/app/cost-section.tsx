import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { formatDay, formatMoney } from '../../lib/format.ts'
import { Chart } from '../../ui/chart.tsx'
import { Section } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { costsQuery, type User } from './queries.ts'

export function CostSection({ user }: { user: User }) {
  const query = useQuery(costsQuery(user.user_id))
  return (
    <Section title="Cost by day" aside={<span>{formatMoney(user.cost.month_usd)} this month</span>}>
      <Loaded query={query} what="its costs">
        {({ days }) =>
          days.length === 0 ? <p className="muted">It has cost nothing yet.</p> : <Days days={days} />
        }
      </Loaded>
    </Section>
  )
}

function Days({ days }: { days: readonly { day: string; usd: string }[] }) {
  const times = useMemo(() => days.map((one) => one.day), [days])
  const series = useMemo(
    () => [{ label: 'US dollars', values: days.map((one) => Number(one.usd)), bars: true }],
    [days],
  )
  return (
    <Chart
      label="What this user's apps cost on each of the last 30 days"
      times={times}
      series={series}
      format={formatMoney}
      formatTime={formatDay}
      heightPx={150}
    />
  )
}
