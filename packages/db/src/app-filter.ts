/**
 * Which apps somebody asks for, as conditions in SQL over a row `app` of user_fly_apps. Each condition that needs another
 * table asks it by itself, so that a list that does not filter by it never reads it.
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

/** Once for the whole statement: as a function it would be called for each row. */
export const once = sql`(select hangar.now())`

/** Of a row `work` of user_work that is not done: it is not looked at for a while unless somebody acts. */
export const waitsForLonger = sql`(work.next_attempt_at > ${once} and (work.parked_reason like 'held%'
  or (work.parked_reason is null and work.failed_attempts >= ${sql.lit(GIVEN_UP_AFTER)})))`

/** Of a row `override` of user_overrides. */
export const inForce = sql`(override.ended_at is null and (override.expires_at is null or override.expires_at > ${once}))`

/** Only of live apps: what is gone needs nobody. */
export const NEEDS: Readonly<Record<Attention, RawBuilder<boolean>>> = {
  failing: sql`(app.deleted_at is null and (app.status = 'error' or exists (
    select from hangar.user_work work where work.user_id = app.user_id and work.failed_attempts > 0)))`,
  parked: sql`(app.deleted_at is null and exists (
    select from hangar.user_work work join hangar.user_wants want using (user_id)
    where work.user_id = app.user_id and want.wanted_version > work.done_version and ${waitsForLonger}))`,
  drift: sql`(app.deleted_at is null and app.drift is not null)`,
  override: sql`(app.deleted_at is null and exists (
    select from hangar.user_overrides override where override.user_id = app.user_id and ${inForce}))`,
  stuck: sql`(app.deleted_at is null and exists (
    select from hangar.alerts alert
    where alert.kind = 'stuck' and alert.subject = app.user_id::text and alert.resolved_at is null))`,
  unhealthy: sql`(app.deleted_at is null and app.health_status = 'unhealthy')`,
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
      ? sql<boolean>`(${sql.join(
          attention.map((name) => NEEDS[name]),
          sql` or `,
        )})`
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
