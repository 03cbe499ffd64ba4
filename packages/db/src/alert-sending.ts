/**
 * Sending a message of `hangar.alert_messages`: claimed under a lease, and recorded only by whoever still holds it. A
 * channel that keeps failing is an alert itself, which ends with the first message that arrives.
 */
import { sql } from 'kysely'
import type { ChannelName, Digest } from './alert-messages.ts'
import { raiseAlert, resolveAlert } from './alerts.ts'
import type { Database, Tx } from './database.ts'
import { intervalMs } from './now.ts'

export type ClaimedMessage = {
  id: string
  fence: number
  digest: Digest
  /** 1 for the first. */
  attempt: number
  createdAt: Date
}

/** The channel's message, where there is one, its time has come and nobody else is sending it. */
export async function claimMessage(
  db: Database | Tx,
  { channel, owner, leaseMs }: { channel: ChannelName; owner: string; leaseMs: number },
): Promise<ClaimedMessage | null> {
  const { rows } = await sql<ClaimedMessage>`
    update hangar.alert_messages set owner = ${owner}, fence = fence + 1, attempts = attempts + 1,
      lease_expires_at = hangar.now() + ${intervalMs(leaseMs)}
    where channel = ${channel} and state = 'pending' and next_try_at <= hangar.now()
      and (lease_expires_at is null or lease_expires_at <= hangar.now())
    returning id, fence, digest, attempts as attempt, created_at`.execute(db)
  return rows[0] ?? null
}

/** An alert of its own, so that the channel itself tells of it to those whom it reaches. */
function recipientsOf(channel: ChannelName): string {
  return `${channel} recipients`
}

/**
 * It has arrived, and so the channel works. `refused`: some did not get it, in words without an address; those who have
 * it are not sent it again. False: another sender has taken over, and will say so itself.
 */
export function recordSent(
  db: Database,
  channel: ChannelName,
  { id, fence }: Pick<ClaimedMessage, 'id' | 'fence'>,
  refused?: string,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const result = await sql`
      update hangar.alert_messages set state = 'sent', ended_at = hangar.now(), owner = null, lease_expires_at = null,
        last_error = null
      where id = ${id} and fence = ${fence} and state = 'pending'`.execute(tx)
    if (result.numAffectedRows !== 1n) return false
    await sql`
      update hangar.alert_channels set failures = 0, last_error = null, last_sent_at = hangar.now()
      where name = ${channel}`.execute(tx)
    await resolveAlert(tx, 'channel_failing', channel)
    const subject = recipientsOf(channel)
    if (refused === undefined) await resolveAlert(tx, 'channel_failing', subject)
    else await raiseAlert(tx, { kind: 'channel_failing', subject, severity: 'critical', message: refused })
    return true
  })
}

/**
 * A channel that the configuration does not name (any more): what it still had to send is given up, and told anew
 * should it come back. One that a worker with an older configuration is sending just now is left to it.
 */
export function retireChannel(db: Database, channel: ChannelName): Promise<void> {
  return db.transaction().execute(async (tx) => {
    await sql`
      with ended as (
        update hangar.alert_messages set state = 'given_up', ended_at = hangar.now(), owner = null, lease_expires_at = null
        where channel = ${channel} and state = 'pending'
          and (lease_expires_at is null or lease_expires_at <= hangar.now())
        returning id
      )
      delete from hangar.alert_tellings where message_id in (select id from ended)`.execute(tx)
    await sql`
      update hangar.alert_channels set failures = 0, last_error = null
      where name = ${channel} and failures > 0`.execute(tx)
    await resolveAlert(tx, 'channel_failing', channel)
    await resolveAlert(tx, 'channel_failing', recipientsOf(channel))
  })
}

export type SendFailure = {
  error: string
  retryInMs: number
  /** From so many failed attempts in a row on, the other channels are told. */
  tellAfter: number
  /** A message that has been trying for so long is given up, and what it would have said is told anew. */
  giveUpAfterMs: number
}

/** Answers how many attempts in a row have failed by now; 0 where another sender has taken over. */
export function recordSendFailure(
  db: Database,
  channel: ChannelName,
  { id, fence }: Pick<ClaimedMessage, 'id' | 'fence'>,
  { error, retryInMs, tellAfter, giveUpAfterMs }: SendFailure,
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const { rows } = await sql<{ givenUp: boolean }>`
      update hangar.alert_messages set owner = null, lease_expires_at = null, last_error = ${error},
        next_try_at = hangar.now() + ${intervalMs(retryInMs)},
        state = case when created_at + ${intervalMs(giveUpAfterMs)} <= hangar.now() then 'given_up' else state end,
        ended_at = case when created_at + ${intervalMs(giveUpAfterMs)} <= hangar.now() then hangar.now() end
      where id = ${id} and fence = ${fence} and state = 'pending'
      returning state = 'given_up' as given_up`.execute(tx)
    const [message] = rows
    if (!message) return 0
    if (message.givenUp) await sql`delete from hangar.alert_tellings where message_id = ${id}`.execute(tx)
    const { rows: counted } = await sql<{ failures: number }>`
      update hangar.alert_channels set failures = failures + 1, last_error = ${error}
      where name = ${channel} returning failures`.execute(tx)
    const failures = counted[0]?.failures ?? 0
    if (failures >= tellAfter)
      await raiseAlert(tx, {
        kind: 'channel_failing',
        subject: channel,
        severity: 'critical',
        message: `alerts do not get through by ${channel}: ${error}`,
        details: { channel, attempts: failures },
      })
    return failures
  })
}
