/**
 * Brings a database to what a project needs, step by step; each says what it did, and may be done again. Nothing of the
 * project's is changed before the mapping is known to be right.
 */
import {
  checkHostMapping,
  closeHostPart,
  createServiceRole,
  ensurePgNet,
  findHostMapping,
  findServiceRoles,
  grantServiceRole,
  hasWebhookSecret,
  HOST_PARTS,
  installHost,
  migrateToLatest,
  openHost,
  putWebhookSecret,
  readMigrations,
  readSchemaState,
  SERVICE_KINDS,
  serviceRoleName,
  uninstallHost,
  type Database,
  type HostMapping,
} from '@hangar/db'
import { CliError, EXIT } from '../exit.ts'
import type { Credentials } from './credentials.ts'

export type Step = {
  step: 'mapping' | 'migrations' | 'pg_net' | 'vault' | 'host' | 'roles'
  /** `done` now, or `would` be in a dry run; `as_is` before; `left_out`: see `detail`. */
  outcome: 'done' | 'would' | 'as_is' | 'left_out'
  detail: string
}

export type Installing = {
  db: Database
  url: string
  mapping: HostMapping
  /** Of the API's environment; undefined: the Vault is left as it is. */
  webhookSecret: string | undefined
  /** Where new roles' addresses are kept; undefined: no role is made. */
  credentials: Credentials | undefined
  dryRun: boolean
  tell: (step: Step) => void
}

export async function install(asked: Installing): Promise<Step[]> {
  const steps: Step[] = []
  const add = (step: Step['step'], outcome: Step['outcome'], detail: string) => {
    const one = { step, outcome, detail }
    steps.push(one)
    asked.tell(one)
  }
  await assertMapping(asked.db, asked.mapping)
  add('mapping', 'as_is', 'every table and column is there')
  add('migrations', ...(await migrate(asked)))
  if (asked.mapping.webhook) {
    add('pg_net', ...(await pgNet(asked)))
    add('vault', ...(await vault(asked, asked.mapping.webhook.secret_name)))
  }
  add('host', ...(await host(asked)))
  add('roles', ...(await roles(asked)))
  return steps
}

export async function assertMapping(db: Database, mapping: HostMapping): Promise<void> {
  const wrong = await checkHostMapping(db, mapping)
  if (wrong === null) return
  throw new CliError(EXIT.dataError, wrong, {
    hints: ['Correct the file of --mapping; nothing was changed. Keys: docs/install-supabase.md.'],
  })
}

type Done = [Step['outcome'], string]

async function migrate({ db, url, dryRun }: Installing): Promise<Done> {
  if (!dryRun) {
    const { applied } = await migrateToLatest(url)
    return applied.length === 0 ? ['as_is', 'up to date'] : ['done', `applied ${applied.join(', ')}`]
  }
  const missing = await missingMigrations(db)
  return missing.length === 0 ? ['as_is', 'up to date'] : ['would', `apply ${missing.join(', ')}`]
}

async function missingMigrations(db: Database): Promise<string[]> {
  try {
    return (await readSchemaState(db)).missing
  } catch {
    return (await readMigrations()).map(({ name }) => name)
  }
}

async function pgNet({ db, dryRun }: Installing): Promise<Done> {
  if (dryRun) return ['would', 'enable pg_net where it is not']
  const found = await ensurePgNet(db)
  if (found === 'missing') return ['left_out', 'this server has none: tier changes wait up to a second']
  return found === 'made' ? ['done', 'enabled'] : ['as_is', 'enabled']
}

async function vault({ db, webhookSecret, dryRun }: Installing, name: string): Promise<Done> {
  if (webhookSecret === undefined) {
    return (await hasWebhookSecret(db, name))
      ? ['as_is', `${name} is in the Vault`]
      : ['left_out', `set HANGAR_WEBHOOK_SECRET and run it again: the Vault has no ${name}`]
  }
  if (dryRun) return ['would', `put HANGAR_WEBHOOK_SECRET into the Vault as ${name}`]
  const found = await putWebhookSecret(db, name, webhookSecret)
  if (found === 'missing') return ['left_out', 'this server has no Vault: tier changes wait up to a second']
  return found === 'there' ? ['as_is', `${name} is in the Vault`] : ['done', `${name} is in the Vault now`]
}

async function host({ db, mapping, dryRun }: Installing): Promise<Done> {
  const { table } = mapping.subscriptions
  if (dryRun) return ['would', `put the trigger on ${table}, and make the views`]
  const before = await findHostMapping(db)
  // The roles see no more of a table that is not ours any more.
  for (const part of HOST_PARTS)
    if (before?.[part] && before[part].table !== mapping[part]?.table) await closeHostPart(db, part)
  await installHost(db, mapping)
  return ['done', `tier changes in ${table} are seen; nobody is provisioned by it`]
}

async function roles({ db, url, credentials, dryRun }: Installing): Promise<Done> {
  const there = await findServiceRoles(db)
  const missing = credentials === undefined ? [] : SERVICE_KINDS.filter((kind) => !there.includes(kind))
  if (dryRun) {
    if (credentials === undefined) return ['left_out', 'no --roles']
    const made = missing.map(serviceRoleName).join(', ')
    return [
      'would',
      missing.length === 0 ? 'grant again what each needs' : `make ${made}, and grant what each needs`,
    ]
  }
  // The file first: a password that cannot be kept must not be made.
  if (missing.length > 0) await credentials?.write(url, {})
  const made: Record<string, string> = {}
  for (const kind of missing) made[kind] = await createServiceRole(db, kind)
  if (credentials !== undefined && missing.length > 0) await credentials.write(url, made)
  if (credentials !== undefined) for (const kind of SERVICE_KINDS) await grantServiceRole(db, kind)
  // Also where roles were made before, or there is one for all: the mapping may have changed.
  await openHost(db)
  if (credentials === undefined) return ['left_out', 'no --roles; those that are known have what they need']
  return missing.length === 0
    ? ['as_is', 'each has what it needs']
    : ['done', `${missing.map(serviceRoleName).join(', ')}: their addresses are in ${credentials.file}`]
}

export async function uninstall({ db, dryRun }: { db: Database; dryRun: boolean }): Promise<Step[]> {
  const mapping = await findHostMapping(db)
  if (!mapping) return [{ step: 'host', outcome: 'as_is', detail: 'nothing is installed' }]
  const detail = `trigger, views and rights are taken off ${mapping.subscriptions.table}; Hangar’s rows stay`
  if (dryRun) return [{ step: 'host', outcome: 'would', detail }]
  await uninstallHost(db)
  return [{ step: 'host', outcome: 'done', detail }]
}
