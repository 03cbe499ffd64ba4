/** What the app says of itself, where its traders run, what is being worked on, and the money. */
import { formatCode, formatCount, formatMoney, plural } from '../../lib/format.ts'
import { Facts, Section } from '../../ui/page.tsx'
import { Ago } from '../../ui/time.tsx'
import type { User } from './queries.ts'

const RUNS_ON = {
  shared: 'on the shared backend',
  moving: 'on the move',
  dedicated: 'in the app',
} as const

export function Vitals({ user }: { user: User }) {
  const { work, observed, placement, cost } = user
  const beat = observed.heartbeat
  return (
    <Section title="Now">
      <Facts
        items={[
          ['Heartbeat', beat?.at == null ? 'none yet' : <Ago key="beat" at={beat.at} />],
          ['Traders', beat === null ? '–' : `${plural(beat.running_trader_ids.length, 'trader')} running`],
          ['They run', RUNS_ON[placement.runs_on]],
          ['Memory in use', beat?.memory_mb == null ? '–' : `${formatCount(beat.memory_mb)} MB`],
          ['Looked at', <Ago key="look" at={observed.health?.checked_at} />],
          ['Version', beat?.version ?? '–'],
          ['Work', workText(work)],
          ['Failed attempts', failedText(work)],
          ['Next attempt', <Ago key="next" at={work.next_attempt_at} />],
          ['This month', formatMoney(cost.month_usd)],
          ['A whole month', formatMoney(cost.monthly_estimate_usd)],
          ['Up since', <Ago key="up" at={observed.machine?.started_at ?? user.app?.deployed_at} />],
        ]}
      />
    </Section>
  )
}

/** A version is raised with each change that was asked for; the one that was reached says whether all is done. */
function workText(work: User['work']): string {
  if (work.parked_reason !== null) return `Parked: ${formatCode(work.parked_reason)}`
  const pending = work.wanted_version - work.done_version
  return pending > 0 ? `Waiting: version ${work.done_version} of ${work.wanted_version}` : 'All done'
}

function failedText(work: User['work']): string {
  return work.failed_reason === null
    ? formatCount(work.failed_attempts)
    : `${formatCount(work.failed_attempts)}: ${work.failed_reason}`
}
