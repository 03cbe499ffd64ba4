/**
 * Brings a database to what a project needs, step by step; each says what it did, and may be done again. Nothing of the
 * project's is changed before the mapping is known to be right.
 */
import {
  checkHostMapping,
  ensurePgNet,
  findHostMapping,
  hasWebhookSecret,
  migrateToLatest,
  putWebhookSecret,
  readMigrations,
  readSchemaState,
  replaceHost,
  uninstallHost,
  type Database,
  type HostMapping,
} from '@hangar/db'
import { CliError, EXIT } from '../exit.ts'
import { findInstalledMapping, wordsForChange } from './mapping.ts'
import { roles } from './roles.ts'
import type { Done, Installing, Step } from './step.ts'

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

async function migrate({ db, url, dryRun }: Installing): Promise<Done> {
  if (!dryRun) {
    const { applied } = await migrateToLatest(url)
    return applied.length === 0 ? ['as_is', 'up to date'] : ['done', `applied ${applied.join(', ')}`]
  }
  const missing = await missingMigrations(db)
  return missing.length === 0 ? ['as_is', 'up to date'] : ['would', `apply ${missing.join(', ')}`]
}

/** Of this release's. All of them, where there is no table of those that were applied. */
export async function missingMigrations(db: Database): Promise<string[]> {
  try {
    return (await readSchemaState(db)).missing
  } catch (error) {
    if ((error as { code?: unknown }).code !== '42P01') throw error
    return (await readMigrations()).map(({ name }) => name)
  }
}

async function pgNet({ db, dryRun }: Installing): Promise<Done> {
  if (dryRun) return ['would', 'enable pg_net where it is not']
  const found = await ensurePgNet(db)
  if (found === 'missing') return ['left_out', 'this server has none: tier changes wait up to a second']
  return found === 'made' ? ['done', 'enabled'] : ['as_is', 'enabled']
}

async function vault({ db, webhookSecrets, dryRun }: Installing, name: string): Promise<Done> {
  if (webhookSecrets.length === 0) {
    return (await hasWebhookSecret(db, name))
      ? ['as_is', `${name} is in the Vault`]
      : ['left_out', `set HANGAR_WEBHOOK_SECRET and run it again: the Vault has no ${name}`]
  }
  if (dryRun) return ['would', `put HANGAR_WEBHOOK_SECRET into the Vault as ${name}`]
  const found = await putWebhookSecret(db, name, webhookSecrets)
  if (found === 'missing') return ['left_out', 'this server has no Vault: tier changes wait up to a second']
  return found === 'there' ? ['as_is', `${name} is in the Vault`] : ['done', `${name} is in the Vault now`]
}

async function host({ db, mapping, from, dryRun }: Installing): Promise<Done> {
  const { table } = mapping.subscriptions
  const how = wordsForChange({ mapping, from }, await findInstalledMapping(db))
  if (dryRun) return ['would', `${how}: put the trigger on ${table}, and make the views`]
  await replaceHost(db, mapping)
  return ['done', `${how}: tier changes in ${table} are seen; nobody is provisioned by it`]
}

export async function uninstall({ db, dryRun }: { db: Database; dryRun: boolean }): Promise<Step[]> {
  const mapping = await findHostMapping(db)
  if (!mapping) return [{ step: 'host', outcome: 'as_is', detail: 'nothing is installed' }]
  const detail = `trigger, views and rights are taken off ${mapping.subscriptions.table}; Hangar’s rows stay`
  if (dryRun) return [{ step: 'host', outcome: 'would', detail }]
  await uninstallHost(db)
  return [{ step: 'host', outcome: 'done', detail }]
}
