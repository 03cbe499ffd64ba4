import { Link, type LinkProps } from '@tanstack/react-router'
import { formatCode, formatCount } from '../../lib/format.ts'
import { Section } from '../../ui/page.tsx'
import { lookOf, Status } from '../../ui/status.tsx'
import { Bar } from '../../ui/tiles.tsx'
import type { Overview } from './query.ts'

type Counts = Readonly<Record<string, number>>

/** The live apps, three ways. Each line leads to the apps that it counts. */
export function Breakdowns({ apps }: { apps: Overview['apps'] }) {
  return (
    <div className="columns">
      <Breakdown title="By status" counts={apps.by_status} search={(name) => ({ status: [name] })} states />
      <Breakdown title="By health" counts={apps.by_health} search={(name) => ({ health: [name] })} states />
      <Breakdown title="By tier" counts={apps.by_tier} search={(name) => ({ tier: [name] })} />
    </div>
  )
}

function Breakdown({
  title,
  counts,
  search,
  states = false,
}: {
  title: string
  counts: Counts
  search: (name: string) => object
  states?: boolean
}) {
  const entries = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
  const total = entries.reduce((sum, [, count]) => sum + count, 0)
  return (
    <Section title={title}>
      {entries.length === 0 && <p className="muted">There are no apps.</p>}
      <ul className="breakdown">
        {entries.map(([name, count]) => (
          <li key={name}>
            <Link to="/apps" search={search(name) as NonNullable<LinkProps['search']>}>
              {states ? <Status state={name} /> : formatCode(name)}
            </Link>
            <Bar share={count / total} tone={states ? lookOf(name).tone : 'accent'} />
            <span className="breakdown-count">{formatCount(count)}</span>
          </li>
        ))}
      </ul>
    </Section>
  )
}
