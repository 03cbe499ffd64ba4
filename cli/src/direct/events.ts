/** Events, read on the database itself. */
import { type EventStatus, type EventFilter, listFleetEvents } from '@hangar/db'
import type { EventFilters, LoadEvents } from '../commands/events.ts'
import type { Context } from '../context.ts'
import { CliError, EXIT } from '../exit.ts'
import { findUserIdDirectly, openDirectly } from './open.ts'

const STATUSES: readonly string[] = ['started', 'success', 'failed', 'skipped'] satisfies EventStatus[]

/** Page by page, as the API answers. */
export async function loadEventsDirectly(context: Context, filters: EventFilters): Promise<LoadEvents> {
  const { user, type, status, since } = filters
  const found = { type: type?.split(','), status: readStatuses(status), since: readTime(since) }
  const { db } = await openDirectly(context)
  const userId = user === undefined ? undefined : await findUserIdDirectly(db, user)
  const filter: Omit<EventFilter, 'limit'> = { ...found, userId }
  return async ({ limit, cursor }) => {
    const beforeId = cursor === undefined ? undefined : Number(cursor)
    const rows = await listFleetEvents(db, { ...filter, limit: limit + 1, beforeId })
    const items = rows.slice(0, limit).map((row) => ({
      id: row.id,
      user_id: row.userId,
      user_fly_app_id: row.userFlyAppId,
      event_type: row.eventType,
      status: row.status,
      message: row.message,
      metadata: row.metadata,
      actor: row.actor,
      created_at: row.createdAt.toISOString(),
    }))
    return { items, next_cursor: rows.length > limit ? String(items.at(-1)?.id) : null }
  }
}

function readStatuses(text: string | undefined): EventStatus[] | undefined {
  const words = text?.split(',')
  if (words?.every((word) => STATUSES.includes(word)) ?? true) return words as EventStatus[] | undefined
  throw new CliError(EXIT.dataError, `--status takes ${STATUSES.join(', ')}.`)
}

function readTime(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  if (!Number.isNaN(Date.parse(text))) return new Date(text)
  throw new CliError(EXIT.dataError, '--since takes a time, as 2026-03-01T12:00:00Z.')
}
