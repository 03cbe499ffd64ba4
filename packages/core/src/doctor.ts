/**
 * What `hangar doctor` can find: the API, a worker and the program itself each look at what they can see, and say it in
 * these words. docs/cli.md and the remedies come from this one list.
 */

/**
 *   ok        looked at, and as it should be
 *   info      worth knowing; nothing has to be done
 *   warning   works, and will hurt some day or is slower than it could be
 *   critical  something does not work, or is not safe
 */
export type Severity = 'ok' | 'info' | 'warning' | 'critical'
export const SEVERITIES = ['ok', 'info', 'warning', 'critical'] as const satisfies readonly Severity[]

export type Finding = {
  code: FindingCode
  severity: Severity
  /** What is so. */
  what: string
  /** What to do about it; null where nothing has to be done. */
  remedy: string | null
}

type Kind = { severity: Severity; remedy?: string }

export const FINDINGS = {
  api_answers: { severity: 'ok' },
  api_failed: { severity: 'critical', remedy: 'Look at the log of the API at this time.' },
  api_unreachable: {
    severity: 'critical',
    remedy: 'Look whether the API runs (/readyz) and whether HANGAR_API_URL and HANGAR_TOKEN are right.',
  },
  database_answers: { severity: 'ok' },
  database_unreachable: {
    severity: 'critical',
    remedy: 'Look whether DATABASE_URL is right: host, port 5432, password, and TLS where it is wanted.',
  },
  postgres_too_old: { severity: 'critical', remedy: 'Upgrade PostgreSQL to 15 or newer.' },
  transaction_pooler: {
    severity: 'critical',
    remedy: 'Use port 5432: a direct connection, or the pooler in session mode.',
  },
  not_migrated: {
    severity: 'critical',
    remedy: 'Run "hangar install --mapping mapping.json --yes", or "npm run migrate".',
  },
  schema_current: { severity: 'ok' },
  schema_unseen: { severity: 'info', remedy: 'Ask as the owner, or by the API.' },
  schema_behind: { severity: 'critical', remedy: 'Run "npm run migrate" with this release.' },
  schema_ahead: { severity: 'warning', remedy: 'Roll the release that made it out everywhere.' },
  schema_edited: {
    severity: 'critical',
    remedy: 'Restore the files in db/migrations from the release; a change belongs into a new migration.',
  },
  clients_locked_out: { severity: 'ok' },
  clients_let_in: {
    severity: 'critical',
    remedy:
      'Run "select hangar.apply_client_grants()", and take hangar off the schemas that the API exposes.',
  },
  role_is_least: { severity: 'ok' },
  role_is_mighty: {
    severity: 'info',
    remedy: 'Give each service a role of its own: "hangar install --roles --yes" (docs/install-supabase.md).',
  },
  rights_complete: { severity: 'ok' },
  rights_missing: {
    severity: 'critical',
    remedy: 'Run "hangar install --yes" as the owner: it gives them, by the mapping that is installed.',
  },
  host_not_installed: { severity: 'critical', remedy: 'Run "hangar install --mapping mapping.json --yes".' },
  trigger_right: { severity: 'ok' },
  trigger_missing: { severity: 'critical', remedy: 'Run "hangar install --yes": it keeps the mapping.' },
  trigger_disabled: {
    severity: 'critical',
    remedy: 'Run "hangar install --yes": it keeps the mapping, and makes the trigger anew, enabled.',
  },
  trigger_wrong: { severity: 'critical', remedy: 'Run "hangar install --yes": it keeps the mapping.' },
  host_rows_visible: { severity: 'ok' },
  host_rows_hidden: {
    severity: 'critical',
    remedy: 'Run "hangar install --roles --yes", or give the role BYPASSRLS or policies that let it read.',
  },
  host_rows_unread: {
    severity: 'critical',
    remedy: 'Ask again; where it stays so, run "hangar install --yes" with a --mapping that fits the tables.',
  },
  host_busy: { severity: 'info', remedy: 'Ask again: the database did not count the rows in time.' },
  webhook_arrives: { severity: 'ok' },
  webhook_off: {
    severity: 'info',
    remedy: 'With "webhook" in the mapping a tier change acts a second sooner.',
  },
  webhook_no_pg_net: {
    severity: 'warning',
    remedy: 'Enable the extension pg_net: "hangar install --yes" does it.',
  },
  webhook_no_vault: {
    severity: 'warning',
    remedy:
      'Enable the Vault, or take "webhook" out of the mapping: the relay finds each change within a second.',
  },
  webhook_no_secret: {
    severity: 'warning',
    remedy: 'Run "hangar install --yes" with HANGAR_WEBHOOK_SECRET set, as the API has it.',
  },
  webhook_lost: {
    severity: 'warning',
    remedy:
      'Look at net._http_response: the address in the mapping, the secret in the Vault against HANGAR_WEBHOOK_SECRET, and whether pg_net works.',
  },
  redis_answers: { severity: 'ok' },
  redis_unreachable: {
    severity: 'critical',
    remedy: 'Look whether Redis runs and whether REDIS_URL is right.',
  },
  redis_too_old: { severity: 'critical', remedy: 'Upgrade Redis to 6.2 or newer, or use Valkey.' },
  redis_evicts: {
    severity: 'critical',
    remedy: 'Set maxmemory-policy to noeviction: jobs that are evicted are done late.',
  },
  redis_forgets: {
    severity: 'info',
    remedy: 'With appendonly yes a restart of Redis loses nothing; without, work goes on within seconds.',
  },
  clock_right: { severity: 'ok' },
  clock_off: { severity: 'warning', remedy: 'Let the clock be set by NTP on the machine that is off.' },
  clock_wrong: {
    severity: 'critical',
    remedy: 'Let the clock be set by NTP: webhooks that seem five minutes old are refused.',
  },
  worker_answers: { severity: 'ok' },
  worker_silent: { severity: 'critical', remedy: 'Look whether a worker runs, and at its /readyz.' },
  worker_not_asked: { severity: 'info' },
  worker_failed: { severity: 'critical', remedy: 'Look at the log of the workers at this time.' },
  settings_agree: { severity: 'ok' },
  settings_differ: {
    severity: 'critical',
    remedy: 'Set them alike for the API and the workers, and restart what was changed.',
  },
  fly_token_works: { severity: 'ok' },
  fly_token_refused: {
    severity: 'critical',
    remedy: 'Make a new token (fly tokens create org), set FLY_API_TOKEN and restart the workers.',
  },
  fly_token_other_org: {
    severity: 'critical',
    remedy: 'Set FLY_ORG_SLUG to the organisation of the token, or make a token for that organisation.',
  },
  fly_token_too_narrow: {
    severity: 'critical',
    remedy: 'Make a token of the organisation (fly tokens create org): one for an app cannot make apps.',
  },
  fly_unreachable: { severity: 'critical', remedy: 'Look at status.flyio.net and at FLY_API_BASE_URL.' },
  fly_has_room: { severity: 'ok' },
  fly_full: { severity: 'warning', remedy: 'Ask Fly to raise the limit of machines for the organisation.' },
  image_pinned: { severity: 'ok' },
  image_not_pinned: {
    severity: 'warning',
    remedy: 'Write FLY_SCREENER_IMAGE with @sha256:…, so that all apps run the same.',
  },
} as const satisfies Record<string, Kind>

export type FindingCode = keyof typeof FINDINGS
export const FINDING_CODES = Object.keys(FINDINGS) as [FindingCode, ...FindingCode[]]

export function finding(code: FindingCode, what: string): Finding {
  const { severity, remedy }: Kind = FINDINGS[code]
  return { code, severity, what, remedy: remedy ?? null }
}

const CLOCK_OFF_MS = 2_000
/** A webhook that seems older than five minutes is refused; by then it is too late to be told. */
const CLOCK_WRONG_MS = 60_000

/** `one` and `other` say whose clocks they are, as "the API". */
export function compareClocks(one: string, oneAt: Date, other: string, otherAt: Date): Finding {
  const apartMs = Math.abs(oneAt.getTime() - otherAt.getTime())
  const what = `The clocks of ${one} and ${other} are ${(apartMs / 1_000).toFixed(1)} s apart.`
  if (apartMs < CLOCK_OFF_MS) return finding('clock_right', what)
  return finding(apartMs < CLOCK_WRONG_MS ? 'clock_off' : 'clock_wrong', what)
}

/** Whether a PostgreSQL address names 6543, Supabase's port for transactions only: session locks and prepared statements do not hold there. */
export function isTransactionPooler(databaseUrl: string): boolean {
  if (!URL.canParse(databaseUrl)) return false
  const { port, searchParams } = new URL(databaseUrl)
  return (searchParams.get('port') ?? port) === '6543'
}
