/** What can be done for one user, each with the same call for a dry run and for the act itself. */
import { answer, api } from '../../api/client.ts'
import type { components } from '../../api/schema.generated.ts'
import type { Role } from '../../api/session.ts'
import type { User } from './queries.ts'

export type ActionResult = components['schemas']['ActionResult']

export type Asked = { reason: string; dryRun: boolean; key?: string }

export type Act = {
  name: string
  label: string
  explains: string
  least: Role
  danger: boolean
  /** Whether a reason has to be given. */
  reason: 'required' | 'optional'
  ask: (userId: string, asked: Asked) => Promise<ActionResult>
}

/** The parts that every one of these calls has. */
function partsOf(userId: string, { reason, dryRun, key }: Asked) {
  return {
    params: { path: { userId }, query: dryRun ? { dryRun } : {} },
    body: reason === '' ? {} : { reason },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  }
}

const RETRY: Act = {
  name: 'retry',
  label: 'Retry now',
  explains: 'The engine looks at this user at once, whatever pause a failure has earned them.',
  least: 'operator',
  danger: false,
  reason: 'optional',
  ask: (userId, asked) => answer(api.POST('/v1/apps/{userId}/retry', partsOf(userId, asked))),
}

const CHECK_HEALTH: Act = {
  name: 'check-health',
  label: 'Check health now',
  explains: 'A worker looks at the app on Fly, and mends what it finds.',
  least: 'operator',
  danger: false,
  reason: 'optional',
  ask: (userId, asked) => answer(api.POST('/v1/apps/{userId}/check-health', partsOf(userId, asked))),
}

const PROVISION: Act = {
  name: 'provision',
  label: 'Provision',
  explains: 'The user gets what their subscription says.',
  least: 'operator',
  danger: false,
  reason: 'optional',
  ask: (userId, asked) => answer(api.POST('/v1/apps/{userId}/provision', partsOf(userId, asked))),
}

const DEPROVISION: Act = {
  name: 'deprovision',
  label: 'Deprovision',
  explains: 'The app is drained and deleted on Fly. This cannot be taken back; a later app is a new one.',
  least: 'operator',
  danger: true,
  reason: 'required',
  ask: (userId, asked) => answer(api.POST('/v1/apps/{userId}/deprovision', partsOf(userId, asked))),
}

const DEPROVISION_PAYING: Act = {
  ...DEPROVISION,
  explains:
    'This user pays for the app. It is drained and deleted on Fly all the same, and an override says off until somebody ends it.',
  least: 'admin',
  ask: (userId, asked) => {
    const parts = partsOf(userId, asked)
    return answer(
      api.POST('/v1/apps/{userId}/deprovision', { ...parts, body: { ...parts.body, force: true } }),
    )
  },
}

type Forced = 'skip_drain' | 'abandon' | 'recreate'

const force = (action: Forced, label: string, explains: string): Act => ({
  name: action,
  label,
  explains,
  least: 'admin',
  danger: true,
  reason: 'required',
  ask: (userId, asked) => {
    const parts = partsOf(userId, asked)
    const body = { ...parts.body, reason: asked.reason, action }
    return answer(api.POST('/v1/apps/{userId}/force', { ...parts, body }))
  },
})

const RECREATE = force(
  'recreate',
  'Recreate',
  'This app is drained and deleted, and the user gets a new one with another name.',
)
const SKIP_DRAIN = force(
  'skip_drain',
  'End without draining',
  'The teardown no longer waits for the app. What the app has not sent yet is lost.',
)
const ABANDON = force(
  'abandon',
  'Abandon',
  'The row is closed whatever is left on Fly. The search for orphans looks after the rest.',
)

/** Those that make sense as things are; the API has the last word. */
export function actsFor(user: User): { first: Act | undefined; more: Act[] } {
  const { app, entitlement } = user
  if (app === null) return { first: entitlement.kind === 'entitled' ? PROVISION : RETRY, more: [] }
  const failing = app.status === 'error' || user.work.parked_reason !== null
  const end = entitlement.kind === 'entitled' ? DEPROVISION_PAYING : DEPROVISION
  const ending = app.teardown_started_at !== null
  return {
    first: failing ? RETRY : CHECK_HEALTH,
    more: [failing ? CHECK_HEALTH : RETRY, ...(ending ? [SKIP_DRAIN, ABANDON] : [RECREATE, end])],
  }
}
