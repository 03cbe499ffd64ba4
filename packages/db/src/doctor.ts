/** What the doctor sees of a database, as the role that asks. Changes nothing. */
import { finding, HangarError, type Finding } from '@hangar/core'
import { sql } from 'kysely'
import type { Database } from './database.ts'
import { assertHostRowsVisible } from './host.ts'
import {
  findMissingRights,
  listExposed,
  readConnectionState,
  readSchemaState,
  readTriggerState,
} from './install-state.ts'

const OLDEST_POSTGRES = 150_000

export async function examineDatabase(db: Database): Promise<Finding[]> {
  const { role, isMighty, serverVersion } = await readConnectionState(db)
  const version = `${Math.trunc(serverVersion / 10_000)}.${serverVersion % 10_000}`
  const findings = [finding('database_answers', `PostgreSQL ${version} answers ${role}.`)]
  if (serverVersion < OLDEST_POSTGRES)
    findings.push(finding('postgres_too_old', `It is PostgreSQL ${version}.`))
  findings.push(
    isMighty
      ? finding('role_is_mighty', `${role} owns Hangar's tables, or is a superuser.`)
      : finding('role_is_least', `${role} owns nothing of Hangar's.`),
  )
  if (!(await isMigrated(db))) return [...findings, finding('not_migrated', 'There is no schema hangar.')]
  return [...findings, ...(await examineSchema(db)), ...(await examineRights(db)), ...(await examineHost(db))]
}

async function isMigrated(db: Database): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    select exists (select from pg_class where relname = 'migration_checksums'
      and relnamespace = (select oid from pg_namespace where nspname = 'hangar')) as there`.execute(db)
  return rows[0]?.there ?? false
}

async function examineSchema(db: Database): Promise<Finding[]> {
  const exposed = await listExposed(db)
  return [
    ...(await examineMigrations(db)),
    exposed.length === 0
      ? finding('clients_locked_out', 'anon and authenticated reach nothing of Hangar’s.')
      : finding('clients_let_in', `anon or authenticated reach ${exposed.join(', ')}.`),
  ]
}

async function examineMigrations(db: Database): Promise<Finding[]> {
  const state = await readSchemaState(db).catch((error: unknown) => {
    if (isRefused(error)) return null
    throw error
  })
  if (!state) return [finding('schema_unseen', 'This role may not read which migrations are applied.')]
  const { missing, edited, unknown } = state
  const findings: Finding[] = []
  if (missing.length > 0) findings.push(finding('schema_behind', `Not applied yet: ${missing.join(', ')}.`))
  if (edited.length > 0)
    findings.push(finding('schema_edited', `Not as they were applied: ${edited.join(', ')}.`))
  if (unknown.length > 0)
    findings.push(finding('schema_ahead', `Applied by a newer release: ${unknown.join(', ')}.`))
  if (findings.length === 0)
    findings.push(
      finding('schema_current', 'Every migration of this release is applied, and none is edited.'),
    )
  return findings
}

/** A role that may not read what is needed, or a schema from before there were rights, says nothing of them. */
async function examineRights(db: Database): Promise<Finding[]> {
  const found = await findMissingRights(db).catch((error: unknown) => {
    if (isCodeOf(error, ['42501', '42P01'])) return null
    throw error
  })
  if (!found || found.roles.length === 0) return []
  const { roles, missing } = found
  return [
    missing.length === 0
      ? finding('rights_complete', `${roles.join(', ')}: each has the rights that its service needs.`)
      : finding('rights_missing', `Not granted: ${missing.join('; ')}.`),
  ]
}

async function examineHost(db: Database): Promise<Finding[]> {
  const state = await readTriggerState(db)
  if (!state) return [finding('host_not_installed', 'Nobody said what the product’s tables are called.')]
  const table = state.table ?? 'a table that is gone'
  const said = {
    right: `Tier changes in ${table} are seen.`,
    missing: `${table} has no trigger on_user_tier_change: tier changes are not seen.`,
    disabled: `The trigger on_user_tier_change on ${table} is disabled: tier changes are not seen.`,
    wrong: `The trigger on_user_tier_change on ${table} watches other columns than the mapping names.`,
  }
  return [finding(`trigger_${state.trigger}`, said[state.trigger]), await examineRows(db)]
}

async function examineRows(db: Database): Promise<Finding> {
  try {
    await assertHostRowsVisible(db)
    return finding(
      'host_rows_visible',
      'Every row of the product’s users, subscriptions and traders is seen.',
    )
  } catch (error) {
    if (error instanceof HangarError && error.code === 'host_rows_hidden')
      return finding('host_rows_hidden', sentence(error.message))
    if (isRefused(error)) return finding('host_rows_hidden', 'This role may not read the product’s tables.')
    const why = error instanceof Error ? error.message : String(error)
    return isCodeOf(error, ['57014', '55P03'])
      ? finding('host_busy', `The product’s rows were not counted in time: ${why}.`)
      : finding('host_rows_unread', `The product’s rows could not be counted: ${why}.`)
  }
}

const isCodeOf = (error: unknown, codes: readonly string[]) =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code))
const isRefused = (error: unknown) => isCodeOf(error, ['42501'])
const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
