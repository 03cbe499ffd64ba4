/** The installation as SQL, for those who want to read it first, or have nothing but an SQL editor. */
import type { HostMapping } from './install-host.ts'
import { LOCK_TIMEOUT_MS } from './lock-retries.ts'
import { readMigrations } from './migrate.ts'
import { SERVICE_KINDS, serviceRoleName } from './service-roles.ts'

/** Everything but the secrets: those are typed where the comments say so. May be run on any state of the database. */
export async function printInstallation(mapping: HostMapping, options: { roles: boolean }): Promise<string> {
  const migrations = (await readMigrations()).map(({ name, text, sha256 }) =>
    [
      `-- Migration ${name}. Skip it where "select name from hangar.migration_checksums" has it.`,
      'begin;',
      `set local lock_timeout = '${LOCK_TIMEOUT_MS}ms';`,
      text.trim(),
      `insert into hangar.migration_checksums (name, sha256) values ('${name}', '${sha256}');`,
      'commit;',
    ].join('\n'),
  )
  return [
    '-- Hangar, installed by hand. Each block is repeated where it fails with "lock timeout": somebody used the table.',
    ...migrations,
    MIGRATOR,
    ...(mapping.webhook ? [webhook(mapping.webhook.secret_name)] : []),
    `-- The trigger and the views on the product's tables.\nselect hangar.install_host(${literal(JSON.stringify(mapping, null, 2))});`,
    ...(options.roles ? [roles()] : []),
    '',
  ].join('\n\n')
}

/** As the migrator would make them; it sees by the checksums what is applied. */
const MIGRATOR = `-- What npm run migrate keeps for itself.
create table if not exists hangar.migration (name varchar(255) not null primary key, "timestamp" varchar(255) not null);
create table if not exists hangar.migration_lock (id varchar(255) not null primary key, is_locked integer default 0 not null);
insert into hangar.migration_lock (id) values ('migration_lock') on conflict do nothing;`

function webhook(secretName: string): string {
  return `-- The webhook: what sends it, and the secret that signs it (HANGAR_WEBHOOK_SECRET of the API).
create extension if not exists pg_net;
select vault.create_secret('whsec_…', ${literal(secretName)});`
}

function roles(): string {
  const made = SERVICE_KINDS.flatMap((kind) => [
    `create role ${serviceRoleName(kind)} login noinherit password '…';`,
    `select hangar.grant_service_role('${serviceRoleName(kind)}', '${kind}');`,
  ])
  const opened = ['subscriptions', 'users', 'traders', 'signals', 'executions', 'notifications'].map(
    (part) => `select hangar.open_host_part('${part}');`,
  )
  return ['-- A role for each service. Choose the passwords.', ...made, ...opened].join('\n')
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
