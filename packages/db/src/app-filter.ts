/**
 * Which apps somebody asks for, as conditions in SQL over a row `app` of user_fly_apps, and, for what is not on it, over
 * the rows that `aboutApp` joins to it.
 */
import type { AppStatus, HealthStatus } from '@hangar/core'
import { type RawBuilder, sql } from 'kysely'

/**
 * Why somebody may want to look at an app:
 *
 *   failing    the last attempt failed, or the work was given up
 *   parked     what is wanted waits for longer: given up for now, or held by a brake, a pause or an unknown entitlement
 *   drift      somebody changed something on Fly by hand that is only reported
 *   override   an operator's word is in force for its user
 *   stuck      it is in one state for longer than it may be, as the alert says
 *   unhealthy  the last look found it so
 */
export const ATTENTIONS = ['failing', 'parked', 'drift', 'override', 'stuck', 'unhealthy'] as const
export type Attention = (typeof ATTENTIONS)[number]

/** Lists are alternatives; what is left out does not matter. Without a status: all but those that are deleted. */
export type AppFilter = {
  /** A part of the mail address, of the app's name or of the user's id. */
  q?: string | undefined
  status?: readonly AppStatus[] | undefined
  health?: readonly HealthStatus[] | undefined
  tier?: readonly string[] | undefined
  region?: readonly string[] | undefined
  attention?: readonly Attention[] | undefined
}

/** The failures in a row after which the engine puts work off for longer. */
const GIVEN_UP_AFTER = 4

/** Once for the whole statement: as a plain call it would be made for each row, and it is not cheap. */
export const once = sql`(select hangar.now())`

/** Of a row `work` of user_work that is not done: it is not looked at for a while unless somebody acts. */
export const waitsForLonger = sql`(work.next_attempt_at > ${once} and (work.parked_reason like 'held%'
  or (work.parked_reason is null and work.failed_attempts >= ${sql.lit(GIVEN_UP_AFTER)})))`

/** Of a row `override` of user_overrides. */
export const inForce = sql`(override.ended_at is null and (override.expires_at is null or override.expires_at > ${once}))`

/** What else is known of a live app. What is gone needs nobody, so nothing is joined to it. */
export const aboutApp = sql`
  left join hangar.user_wants want on want.user_id = app.user_id and app.deleted_at is null
  left join hangar.user_work work on work.user_id = app.user_id and app.deleted_at is null
  left join hangar.user_overrides override on override.user_id = app.user_id and app.deleted_at is null and ${inForce}
  left join hangar.alerts stuck on stuck.kind = 'stuck' and stuck.subject = app.user_id::text and stuck.resolved_at is null
    and app.deleted_at is null`

const NEEDS: Readonly<Record<Attention, RawBuilder<boolean>>> = {
  failing: sql`(app.status = 'error' or work.failed_attempts > 0)`,
  parked: sql`(want.wanted_version > work.done_version and ${waitsForLonger})`,
  drift: sql`(app.drift is not null and app.deleted_at is null)`,
  override: sql`override.id is not null`,
  stuck: sql`stuck.id is not null`,
  unhealthy: sql`(app.health_status = 'unhealthy' and app.deleted_at is null)`,
}

/** All of these that are true of the app, in their usual order. */
export const attentionOf = sql<Attention[]>`array_remove(array[${sql.join(
  ATTENTIONS.map((name) => sql`case when ${NEEDS[name]} then ${sql.lit(name)} end`),
)}], null)`

const TRUE = sql<boolean>`true`

/** One condition for each part of the filter; `true` for those that are left out. */
export function conditionsOf(filter: AppFilter): Record<keyof AppFilter, RawBuilder<boolean>> {
  const { q, status, health, tier, region, attention } = filter
  return {
    q: q === undefined || q === '' ? TRUE : matches(q.toLowerCase()),
    status: status ? sql<boolean>`app.status = any (${[...status]}::text[])` : TRUE,
    health: health ? sql<boolean>`app.health_status = any (${[...health]}::text[])` : TRUE,
    tier: tier ? sql<boolean>`app.tier = any (${[...tier]}::text[])` : TRUE,
    region: region ? sql<boolean>`app.region = any (${[...region]}::text[])` : TRUE,
    attention: attention
      ? sql<boolean>`coalesce(${sql.join(
          attention.map((name) => NEEDS[name]),
          sql` or `,
        )}, false)`
      : TRUE,
  }
}

/** Which rows can match at all, said so that a partial index can be used. */
export function liveness({ status }: AppFilter): RawBuilder<boolean> {
  if (!status || !status.includes('deleted')) return sql`app.deleted_at is null`
  return status.every((one) => one === 'deleted') ? sql`app.deleted_at is not null` : TRUE
}

/** A whole id, which an index finds. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function matches(text: string): RawBuilder<boolean> {
  if (UUID.test(text)) return sql`app.user_id = ${text}::uuid`
  return sql`(strpos(app.fly_app_name, ${text}) > 0 or starts_with(app.user_id::text, ${text}) or exists (
    select from hangar.host_users host where host.user_id = app.user_id and strpos(lower(host.email), ${text}) > 0))`
}
