/**
 * `hangar.admin_sessions`: who is signed in to the admin's page, in which browser.
 *
 * States: live → ended (`SessionEnd` says why), or past `expires_at`. Neither ever comes back to life. A live session's
 * role is that of the account, read again whenever the last look is older than `recheckAfterMs`.
 */
import { sql, type Selectable } from 'kysely'
import type { Database, Tx } from './database.ts'
import { databaseNow, intervalMs } from './now.ts'
import { onlyRow } from './rows.ts'
import type { AdminRole, Schema } from './schema.ts'

export type SessionEnd =
  | 'signed_out'
  | 'signed_out_everywhere'
  /** The same browser signed in again. */
  | 'replaced'
  | 'idle'
  | 'account_gone'
  | 'account_banned'
  | 'role_taken'
  /** The account has a second factor since, and the person did not show one. */
  | 'second_factor_missing'
  | 'key_changed'

export type AdminSession = Pick<
  Selectable<Schema['hangar.adminSessions']>,
  'id' | 'kind' | 'actor' | 'userId' | 'email' | 'role' | 'expiresAt' | 'secondFactor'
>

export type AccountStanding = 'good' | 'gone' | 'banned' | 'no_role' | 'unknowable'

export type AdminAccount = {
  /** `unknowable`: there are no accounts here to ask, and the token's word has to do. */
  standing: AccountStanding
  email: string | null
  /** Of ours only where the standing is good. */
  role: string | null
  hasSecondFactor: boolean
}

const COLUMNS = ['id', 'kind', 'actor', 'userId', 'email', 'role', 'expiresAt', 'secondFactor'] as const

/** Forgotten so long after their end. The audit log keeps who signed in. */
const KEPT_DAYS = 30
const FORGOTTEN_AT_ONCE = 100

/** What the project's accounts say of the user now. */
export async function findAdminAccount(db: Database | Tx, userId: string): Promise<AdminAccount> {
  const { rows } = await sql<AdminAccount>`select * from hangar.admin_account(${userId}::uuid)`.execute(db)
  return onlyRow(rows)
}

export type NewAdminSession = {
  tokenHash: Buffer
  actor: string
  email: string | null
  role: AdminRole
  secondFactor: boolean
  /** It ends then at the latest, whatever is done with it. */
  maxMs: number
  /** And then, where there are no accounts to read the role from: when the token does that said it. */
  notAfter: Date | null
} & ({ kind: 'person'; userId: string } | { kind: 'key'; keyMark: string })

export function insertAdminSession(
  db: Database | Tx,
  { maxMs, notAfter, ...values }: NewAdminSession,
): Promise<AdminSession> {
  const expiresAt = sql<Date>`least(${databaseNow} + ${intervalMs(maxMs)}, ${notAfter}::timestamptz)`
  return db
    .insertInto('hangar.adminSessions')
    .values({ ...values, expiresAt })
    .returning(COLUMNS)
    .executeTakeFirstOrThrow()
}

export type SessionRules = {
  idleMs: number
  recheckAfterMs: number
  /** The marks of the keys that are in force; more than one while the master key is changed. */
  keyMarks: readonly string[]
  /** False: looked at without counting as use, so that a page that refreshes itself can become idle. */
  isUse: boolean
}

/** The live session of a token, its role as fresh as the rules say; null: none, ended, or ended by this look. */
export async function findAdminSession(
  db: Database,
  tokenHash: Buffer,
  rules: SessionRules,
): Promise<AdminSession | null> {
  const since = (column: 'lastSeenAt' | 'roleCheckedAt', ms: number) =>
    sql<boolean>`${sql.ref(column)} <= ${databaseNow} - ${intervalMs(ms)}`
  const found = await db
    .selectFrom('hangar.adminSessions')
    .select([...COLUMNS, 'keyMark'])
    .select([
      since('lastSeenAt', rules.idleMs).as('isIdle'),
      // Not each request is a write: often enough that the end is not early by more than a tenth.
      since('lastSeenAt', Math.min(rules.idleMs / 10, 30_000)).as('isStale'),
      since('roleCheckedAt', rules.recheckAfterMs).as('isDue'),
    ])
    .where('tokenHash', '=', tokenHash)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', databaseNow)
    .executeTakeFirst()
  if (!found) return null
  const { keyMark, isIdle, isStale, isDue, ...session } = found
  const over = isIdle
    ? 'idle'
    : session.kind === 'key' && !rules.keyMarks.includes(keyMark ?? '')
      ? 'key_changed'
      : null
  if (over) {
    await endAdminSession(db, session.id, over)
    return null
  }
  if (isStale && rules.isUse) await touch(db, session.id)
  return isDue && session.userId !== null ? recheck(db, session, session.userId) : session
}

async function touch(db: Database, id: string): Promise<void> {
  await db.updateTable('hangar.adminSessions').set({ lastSeenAt: databaseNow }).where('id', '=', id).execute()
}

/** Reads the account and writes what follows, in one statement: two that look at once come to the same. */
async function recheck(db: Database, session: AdminSession, userId: string): Promise<AdminSession | null> {
  const { rows } = await sql<{ role: AdminRole; email: string | null; endReason: SessionEnd | null }>`
    update hangar.admin_sessions session set
      role_checked_at = hangar.now(),
      email = coalesce(account.email, session.email),
      role = case account.standing when 'good' then account.role else session.role end,
      ended_at = case when verdict.reason is not null then hangar.now() end,
      end_reason = verdict.reason
    from hangar.admin_account(${userId}::uuid) account
    cross join lateral (select case
      when account.standing = 'gone' then 'account_gone'
      when account.standing = 'banned' then 'account_banned'
      when account.standing = 'no_role' then 'role_taken'
      when account.has_second_factor and not ${session.secondFactor} then 'second_factor_missing'
    end as reason) verdict
    where session.id = ${session.id} and session.ended_at is null
    returning session.role, session.email, session.end_reason`.execute(db)
  const [row] = rows
  return row?.endReason === null ? { ...session, role: row.role, email: row.email } : null
}

/** False: it had ended already. */
export async function endAdminSession(db: Database | Tx, id: string, why: SessionEnd): Promise<boolean> {
  const result = await db
    .updateTable('hangar.adminSessions')
    .set({ endedAt: databaseNow, endReason: why })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Ends all of somebody's sessions, in whatever browser, and tells how many there were. */
export async function endAdminSessionsOf(db: Database | Tx, actor: string, why: SessionEnd): Promise<number> {
  const result = await db
    .updateTable('hangar.adminSessions')
    .set({ endedAt: databaseNow, endReason: why })
    .where('actor', '=', actor)
    .where('endedAt', 'is', null)
    .where('expiresAt', '>', databaseNow)
    .executeTakeFirst()
  return Number(result.numUpdatedRows)
}

/** Takes away some of those that have long been over. */
export async function forgetOldAdminSessions(db: Database | Tx): Promise<void> {
  await sql`
    delete from hangar.admin_sessions where id in (
      select id from hangar.admin_sessions where expires_at < hangar.now() - make_interval(days => ${KEPT_DAYS})
      order by expires_at limit ${FORGOTTEN_AT_ONCE} for update skip locked)`.execute(db)
}
