/** Everything that is known of one user, read from the database in a few round trips. */
import type { Policy, World } from '@hangar/core'
import {
  type AlertRow,
  type AppRow,
  type CostSoFar,
  type Database,
  type EventRow,
  findActiveOverride,
  findPlacementState,
  findUserEmail,
  findWant,
  findWork,
  glanceAtWorld,
  listAppsByUser,
  listEvents,
  listOpenAlertsAbout,
  type OverrideRow,
  type PlacementState,
  readUserCost,
  userExists,
  type WantRow,
  type WorkRow,
  type WorldRows,
} from '@hangar/db'
import { worldOf } from './world.ts'

/** Far more than one operation writes; what is older has no part in it. */
const EVENTS_LOOKED_AT = 200

export type UserReadings = {
  rows: WorldRows
  world: World
  app: AppRow | null
  generations: AppRow[]
  email: string | null
  override: OverrideRow | null
  want: WantRow | null
  work: WorkRow | null
  /** Of the live app, newest first. */
  events: EventRow[]
  /** What the last event about its health said. */
  healthMessage: string | null
  alerts: AlertRow[]
  cost: CostSoFar
  placement: PlacementState | null
}

/** Null: no table has ever heard of this user. */
export async function readUser(
  db: Database,
  userId: string,
  terms: { policy: Policy; drainGraceMs: number },
): Promise<UserReadings | null> {
  const [rows, generations, email, override, want, work, cost, placement] = await Promise.all([
    glanceAtWorld(db, userId),
    listAppsByUser(db, userId),
    findUserEmail(db, userId),
    findActiveOverride(db, userId),
    findWant(db, userId),
    findWork(db, userId),
    readUserCost(db, userId),
    findPlacementState(db, userId),
  ])
  const { app, subscription } = rows
  const isKnown = subscription !== null || app !== null || want !== null || (await userExists(db, userId))
  if (!isKnown) return null
  const [events, alerts] = await Promise.all([
    app ? listEvents(db, { appId: app.id, limit: EVENTS_LOOKED_AT }) : [],
    listOpenAlertsAbout(db, app ? [userId, app.flyAppName] : [userId]),
  ])
  const appWasCreated =
    app?.deployedAt != null || events.some(({ eventType }) => eventType === 'provision_app_created')
  const world = worldOf(rows, { appWasCreated, costState: cost.state }, terms)
  const healthMessage = events.find(({ eventType }) => ABOUT_HEALTH.has(eventType))?.message ?? null
  return {
    rows,
    world,
    app,
    generations,
    email,
    override,
    want,
    work,
    events,
    healthMessage,
    alerts,
    cost,
    placement,
  }
}

const ABOUT_HEALTH = new Set(['health_check_failed', 'health_check_recovered', 'repair_started'])
