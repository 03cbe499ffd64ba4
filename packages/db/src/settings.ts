/**
 * `hangar.settings`: what an operator may change for the whole fleet while all runs. A row holds a part of a
 * setting's fields; the others, and settings without a row, have the defaults below.
 */
import { sql } from 'kysely'
import type { Database, Tx } from './database.ts'

export const DEFAULT_SETTINGS = {
  /** More teardowns than max(`least`, `share` of the live apps) beginning within the window engage `deletion_burst`. */
  teardownBurst: { least: 20, share: 0.2, windowMs: 10 * 60_000 },
  /** More unhealthy apps at once than max(`least`, `share` of the active ones) engage `unhealthy_share`. */
  unhealthyShare: { least: 5, share: 0.3 },
  /**
   * An app on Fly whose row is closed is deleted `graceMs` after it was first seen. For `lagMs` after the row was
   * closed it is no orphan: a list of Fly's may still show what was deleted so long ago.
   */
  orphans: { graceMs: 60 * 60_000, lagMs: 120_000 },
  /** An app that has traders and tells of their runs is unhealthy when it has told of none for so long. */
  health: { noCyclesMs: 15 * 60_000 },
  /** What all apps may cost in a calendar month (UTC), as decimal text; null: no budget is set. */
  budget: { monthlyUsd: null as string | null },
}
export type Settings = typeof DEFAULT_SETTINGS
export type SettingName = keyof Settings

export async function readSettings(db: Database | Tx): Promise<Settings> {
  const { rows } = await sql<{
    name: string
    value: object
  }>`select name, value from hangar.settings`.execute(db)
  const stored = Object.fromEntries(rows.map(({ name, value }) => [name, value]))
  const merged = Object.entries(DEFAULT_SETTINGS).map(([name, fallback]) => [
    name,
    { ...fallback, ...stored[name] },
  ])
  return Object.fromEntries(merged) as Settings
}

/** Replaces the given fields of one setting; the caller writes the audit row in the same transaction. */
export async function writeSetting<Name extends SettingName>(
  tx: Tx,
  name: Name,
  value: Partial<Settings[Name]>,
  actor: string,
): Promise<void> {
  await sql`
    insert into hangar.settings as setting (name, value, updated_by)
    values (${name}, ${JSON.stringify(value)}::jsonb, ${actor})
    on conflict (name) do update set value = setting.value || excluded.value, updated_by = excluded.updated_by,
      updated_at = hangar.now()`.execute(tx)
}
