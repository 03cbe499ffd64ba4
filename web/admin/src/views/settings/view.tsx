/** What admins decide for the whole fleet: brakes, approved bursts, and the limits by which Hangar judges. */
import { useQuery } from '@tanstack/react-query'
import { mayAct, sessionQuery } from '../../api/session.ts'
import { Page } from '../../ui/page.tsx'
import { Approvals } from './approvals.tsx'
import { Brakes } from './brakes.tsx'
import { Limits } from './limits.tsx'

export function Settings() {
  const { data: session } = useQuery(sessionQuery)
  const isAdmin = mayAct(session, 'admin')
  return (
    <Page
      title="Settings"
      meta={isAdmin ? 'Every change is in the audit log.' : 'It takes an admin to change anything here.'}
    >
      <Brakes isAdmin={isAdmin} />
      <Approvals isAdmin={isAdmin} />
      <Limits isAdmin={isAdmin} />
    </Page>
  )
}
