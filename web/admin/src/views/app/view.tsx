import { useQuery } from '@tanstack/react-query'
import { Loaded } from '../../ui/states.tsx'
import { Page, Section } from '../../ui/page.tsx'
import { CopyText } from '../../ui/copy-text.tsx'
import { Tag } from '../../ui/status.tsx'
import { ActionBar } from './action-bar.tsx'
import { Comparison } from './comparison.tsx'
import { CostSection } from './cost-section.tsx'
import { Earlier } from './earlier.tsx'
import { HealthStrip } from './health-strip.tsx'
import { LastRun } from './last-run.tsx'
import { userQuery, type User } from './queries.ts'
import { appRoute } from './route.ts'
import { StateSection } from './state-section.tsx'
import { Timeline } from './timeline.tsx'
import { Vitals } from './vitals.tsx'
import './view.css'

export function App() {
  const { userId } = appRoute.useParams()
  const query = useQuery(userQuery(userId))
  const user = query.data
  return (
    <Page
      title={user?.email ?? userId}
      meta={user && <Identity user={user} />}
      actions={user && <ActionBar user={user} />}
    >
      <Loaded query={query} what="what is known of this user">
        {(known) => <Known user={known} />}
      </Loaded>
    </Page>
  )
}

function Identity({ user }: { user: User }) {
  const tier = user.subscription?.tier
  return (
    <>
      <Tag>{tier == null ? 'no subscription' : `${tier}, ${user.subscription?.status ?? 'no status'}`}</Tag>
      {user.app && <CopyText text={user.app.fly_app_name} what="the app's name" />}
      <CopyText text={user.user_id} what="the user's id" />
    </>
  )
}

function Known({ user }: { user: User }) {
  const hasHistory = user.app !== null || user.previous.length > 0
  return (
    <>
      <StateSection user={user} />
      <div className="columns">
        <Comparison user={user} />
        <Vitals user={user} />
      </div>
      {hasHistory && (
        <>
          <LastRun userId={user.user_id} running={user.work.running} />
          <div className="columns">
            <Section title="Health, last 24 hours">
              <HealthStrip userId={user.user_id} />
            </Section>
            <CostSection user={user} />
          </div>
          <Timeline userId={user.user_id} />
        </>
      )}
      <Earlier apps={user.previous} />
    </>
  )
}
