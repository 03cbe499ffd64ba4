/** The whole fleet: what should be against what is, what is stuck, late or costs money for nothing. */
import { useQuery } from '@tanstack/react-query'
import { Page } from '../../ui/page.tsx'
import { Loaded } from '../../ui/states.tsx'
import { Ago } from '../../ui/time.tsx'
import { CostTiles, StateTiles, WorkTiles } from './figures.tsx'
import { Breakdowns } from './breakdowns.tsx'
import { Queues, Sweeps } from './machinery.tsx'
import { overviewQuery } from './query.ts'

export function Overview() {
  const query = useQuery(overviewQuery)
  return (
    <Page
      title="Overview"
      meta={
        query.data && (
          <span>
            As of <Ago at={query.data.generated_at} />
          </span>
        )
      }
    >
      <Loaded query={query} what="the overview">
        {(overview) => (
          <>
            <StateTiles overview={overview} />
            <WorkTiles overview={overview} />
            <CostTiles overview={overview} />
            <Breakdowns apps={overview.apps} />
            <div className="columns">
              <Sweeps sweeps={overview.sweeps} />
              <Queues queues={overview.queues} outbox={overview.outbox} />
            </div>
          </>
        )}
      </Loaded>
    </Page>
  )
}
