/**
 * What channels are told of `hangar.alerts`. A message is a row before it is sent, and what is in it counts as told from
 * then on: whoever sends it may die at any point, and the next one sends that same message.
 *
 *   news ─ a window is over ─▶ pending ─ claimed, sent ─▶ sent
 *                                 └─ not for a day ─▶ given_up, and its alerts are news again
 *
 * A channel has one pending message at a time, so what goes out goes out in order, and a crash between sending and
 * recording repeats that one at most.
 */
import type { AlertKind, AlertSeverity } from '@hangar/core'
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'

export type ChannelName = 'mail' | 'webhook'

/**
 *   new            not told of before
 *   again          the same kind and subject was over less than a day ago
 *   escalated      it is graver than when it was told of
 *   reminder       critical, and nobody has acknowledged it for hours
 *   resolved       it is over
 *   came_and_went  it began and ended between two messages
 */
export type NewsOccasion = 'new' | 'again' | 'escalated' | 'reminder' | 'resolved' | 'came_and_went'

export type NewsItem = {
  id: number
  kind: AlertKind
  subject: string
  severity: AlertSeverity
  message: string
  details: Record<string, unknown>
  occasion: NewsOccasion
  times: number
  firstAt: string
  resolvedAt: string | null
}

/** All the news of one kind and occasion: how many there are, and the first of them. */
export type NewsGroup = {
  kind: AlertKind
  occasion: NewsOccasion
  severity: AlertSeverity
  count: number
  items: NewsItem[]
}

export type Digest = { groups: NewsGroup[]; open: Record<AlertSeverity, number> }

export type NewsRules = {
  channel: ChannelName
  /** Which severities this channel is told of. A failing channel is told of everywhere. */
  severities: readonly AlertSeverity[]
  /** The pause after a first message about a kind; doubled as long as there is more to tell. */
  firstWindowMs: number
  longestWindowMs: number
  /** The longest pause where something critical is to be told. */
  longestCriticalWindowMs: number
  /** After this a critical alert is told of again, then after twice as long, and so on. */
  remindAfterMs: number
  mostReminders: number
  /** Told in full, of each kind and occasion; the others are counted. */
  mostItems: number
}

/** What was over longer ago is no news. */
const NEWS_LASTS = '1 day'

/**
 * Makes the channel's next message of all that it has not been told of, where there is any and the pause of its kind is
 * over. `put` turns the digest into what is kept and sent. False: nothing to tell, or not yet.
 */
export function composeMessage(
  db: Database | Tx,
  rules: NewsRules,
  messageId: string,
  put: (digest: Digest) => Digest,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    if (!(await lockIdleChannel(tx, rules.channel))) return false
    const groups = await takeNews(tx, rules, messageId)
    if (groups.length === 0) return false
    const digest = put({ groups, open: await countOpen(tx) })
    await sql`
      insert into hangar.alert_messages (id, channel, digest)
      values (${messageId}, ${rules.channel}, ${JSON.stringify(digest)}::jsonb)`.execute(tx)
    return true
  })
}

/** One composer at a time, and none while a message is on its way. */
async function lockIdleChannel(tx: Tx, channel: ChannelName): Promise<boolean> {
  await sql`insert into hangar.alert_channels (name) values (${channel}) on conflict do nothing`.execute(tx)
  const { rows } = await sql`
    select name from hangar.alert_channels where name = ${channel} and not exists (
      select from hangar.alert_messages where channel = ${channel} and state = 'pending')
    for update skip locked`.execute(tx)
  return rows.length > 0
}

const rank = (column: string) =>
  sql`array_position(array['info', 'warning', 'critical'], ${sql.raw(column)}::text)`

/** The news, which are told with this, and the pauses of their kinds, in one statement. */
async function takeNews(tx: Tx, rules: NewsRules, messageId: string): Promise<NewsGroup[]> {
  const { channel } = rules
  const { rows } = await sql<NewsRow>`
    with news as materialized (${newsOf(rules)}),
    due as (
      select bool_or(pause.told_at is null or pause.told_at + make_interval(secs => least(pause.window_ms,
        case when news.severity = 'critical' then ${rules.longestCriticalWindowMs}::bigint
          else ${rules.longestWindowMs}::bigint end) / 1000.0) <= hangar.now()) as now
      from news left join hangar.alert_windows pause on pause.channel = ${channel} and pause.kind = news.kind
    ), told as (
      insert into hangar.alert_tellings as telling
        (channel, alert_id, message_id, severity, over, reminders)
      select ${channel}, news.id, ${messageId}::uuid, news.severity, news.resolved_at is not null,
        case when news.occasion = 'reminder' then 1 else 0 end
      from news, due where due.now
      on conflict (channel, alert_id) do update set message_id = excluded.message_id, told_at = excluded.told_at,
        severity = excluded.severity, over = excluded.over, reminders = telling.reminders + excluded.reminders
    ), paused as (
      insert into hangar.alert_windows as pause (channel, kind, told_at, window_ms)
      select distinct ${channel}, news.kind, hangar.now(), ${rules.firstWindowMs}::bigint from news, due where due.now
      on conflict (channel, kind) do update set told_at = excluded.told_at, window_ms =
        case when excluded.told_at - pause.told_at > make_interval(secs => 2 * pause.window_ms / 1000.0)
          then excluded.window_ms else least(2 * pause.window_ms, ${rules.longestWindowMs}::bigint) end
    )
    select id, kind, subject, severity, message, details, occasion, times, first_at, resolved_at, count
    from (
      select news.*, count(*) over one as count, row_number() over (one order by ${rank('severity')} desc,
        subject <> '', first_at, id) as place
      from news window one as (partition by kind, occasion)
    ) placed, due
    where due.now and place <= ${rules.mostItems}
    order by ${rank('severity')} desc, kind, occasion, place`.execute(tx)
  return groupNews(rows)
}

function newsOf({ channel, severities, remindAfterMs, mostReminders }: NewsRules) {
  const routed = sql`(alert.severity = any (${[...severities]}::text[])
    or alert.kind = 'channel_failing' and (alert.resolved_at is not null or alert.subject <> ${channel}))`
  // Doubled each time, so that what nobody minds becomes rare and then silent.
  const isReminderDue = sql`alert.severity = 'critical' and alert.acknowledged_at is null
    and telling.reminders < ${mostReminders}
    and telling.told_at + ${intervalMs(remindAfterMs)} * power(2, telling.reminders) <= hangar.now()`
  const graver = sql`${rank('alert.severity')} > ${rank('telling.severity')}`
  return sql`
    select alert.*, case
        when telling.alert_id is null then case when (alert.kind, alert.subject) in (
          select before.kind, before.subject from hangar.alerts before
          where before.resolved_at > hangar.now() - ${NEWS_LASTS}::interval) then 'again' else 'new' end
        when ${graver} then 'escalated' else 'reminder' end as occasion
    from hangar.alerts alert
    left join hangar.alert_tellings telling on telling.channel = ${channel} and telling.alert_id = alert.id
    where alert.resolved_at is null and ${routed}
      and (telling.alert_id is null or ${graver} or ${isReminderDue})
    union all
    select alert.*, 'resolved'
    from hangar.alert_tellings telling join hangar.alerts alert on alert.id = telling.alert_id
    where telling.channel = ${channel} and not telling.over and alert.resolved_at is not null
    union all
    select alert.*, 'came_and_went'
    from hangar.alerts alert
    where alert.resolved_at > greatest(hangar.now() - ${NEWS_LASTS}::interval,
        (select since from hangar.alert_channels where name = ${channel}))
      and ${routed} and not exists (
        select from hangar.alert_tellings telling where telling.channel = ${channel} and telling.alert_id = alert.id)`
}

type NewsRow = Omit<NewsItem, 'firstAt' | 'resolvedAt'> & {
  firstAt: Date
  resolvedAt: Date | null
  count: number
}

function groupNews(rows: readonly NewsRow[]): NewsGroup[] {
  const groups = new Map<string, NewsGroup>()
  for (const { count, firstAt, resolvedAt, ...item } of rows) {
    const { kind, occasion, severity } = item
    const key = `${kind} ${occasion}`
    const group = groups.get(key) ?? { kind, occasion, severity, count, items: [] }
    group.items.push({
      ...item,
      firstAt: firstAt.toISOString(),
      resolvedAt: resolvedAt?.toISOString() ?? null,
    })
    groups.set(key, group)
  }
  return [...groups.values()]
}

async function countOpen(tx: Tx): Promise<Digest['open']> {
  const { rows } = await sql<{ severity: AlertSeverity; count: number }>`
    select severity, count(*) as count from hangar.alerts where resolved_at is null group by severity`.execute(
    tx,
  )
  const counted = Object.fromEntries(rows.map(({ severity, count }) => [severity, count]))
  return { critical: 0, warning: 0, info: 0, ...counted }
}

export type ForgetRules = { resolvedForMs: number; mostResolved: number; atOnce: number }

/** Ends rows that nobody asks for any more: alerts that are over, messages that went out, notices to users. */
export async function forgetOldAlerts(
  db: Database | Tx,
  { resolvedForMs, mostResolved, atOnce }: ForgetRules,
): Promise<number> {
  const before = sql`hangar.now() - ${intervalMs(resolvedForMs)}`
  const { numAffectedRows } = await sql`
    delete from hangar.alerts where id in (
      select id from hangar.alerts where resolved_at is not null and (resolved_at < ${before} or resolved_at <= (
        select resolved_at from hangar.alerts where resolved_at is not null
        order by resolved_at desc offset ${mostResolved} limit 1))
      order by resolved_at limit ${atOnce})`.execute(db)
  await sql`
    delete from hangar.alert_messages where id in (
      select id from hangar.alert_messages where ended_at < ${before} limit ${atOnce})`.execute(db)
  await sql`
    delete from hangar.user_notices where (user_fly_app_id, kind) in (
      select user_fly_app_id, kind from hangar.user_notices where created_at < ${before} limit ${atOnce})`.execute(
    db,
  )
  return Number(numAffectedRows ?? 0n)
}
