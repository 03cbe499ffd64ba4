/** The installation as SQL, for those who want to read it first, or have nothing but an SQL editor. */
import { HOST_PARTS, type HostMapping, type HostPart } from './install-host.ts'
import { LOCK_TIMEOUT_MS } from './lock-retries.ts'
import { readMigrations } from './migrate.ts'
import { partsToClose, SERVICE_KINDS, serviceRoleName, type ServiceKind } from './service-roles.ts'

type PrintOptions = {
  roles: boolean
  /** What the database that it is for has already; undefined: it is for one that has nothing. */
  there?:
    | {
        migrations: readonly string[]
        roles: readonly ServiceKind[]
        hasSecret: boolean
        mapping: HostMapping | null
      }
    | undefined
}

/** Everything but the secrets and passwords: those are typed where the comments say so. */
export async function printInstallation(mapping: HostMapping, options: PrintOptions): Promise<string> {
  const { there } = options
  const files = (await readMigrations()).filter(({ name }) => !there?.migrations.includes(name))
  const migrations = files.map(({ name, text, sha256 }) =>
    [
      `-- Migration ${name}.`,
      'begin;',
      `set local lock_timeout = '${LOCK_TIMEOUT_MS}ms';`,
      text.trim(),
      `insert into hangar.migration_checksums (name, sha256) values ('${name}', '${sha256}');`,
      'commit;',
    ].join('\n'),
  )
  return [
    there
      ? '-- What the database in DATABASE_URL lacks, as it is now.'
      : '-- For a database without any of Hangar. For another one: the same with DATABASE_URL set, which prints what it lacks.',
    '-- Hangar, installed by hand. Each block is repeated where it fails with "lock timeout": somebody used the table.',
    ...migrations,
    MIGRATOR,
    ...(mapping.webhook ? [webhook(mapping.webhook.secret_name, there?.hasSecret ?? false)] : []),
    RIGHTS,
    host(mapping, partsToClose(there?.mapping ?? null, mapping)),
    ...(options.roles ? [roles(there?.roles ?? [])] : []),
    OPENED,
    '',
  ].join('\n\n')
}

/** As the migrator would make them; it sees by the checksums what is applied. */
const MIGRATOR = `-- What npm run migrate keeps for itself.
create table if not exists hangar.migration (name varchar(255) not null primary key, "timestamp" varchar(255) not null);
create table if not exists hangar.migration_lock (id varchar(255) not null primary key, is_locked integer default 0 not null);
insert into hangar.migration_lock (id) values ('migration_lock') on conflict do nothing;`

const RIGHTS = `-- What is new, for the services' roles that are known here.
select hangar.apply_service_rights();`

/** Each a transaction of its own, as open_host_part() wants it: each locks one table. */
const OPENED = [
  "-- What the services' roles see of the product's tables.",
  ...HOST_PARTS.map((part) => `select hangar.open_host_part('${part}');`),
].join('\n')

function host(mapping: HostMapping, toClose: readonly HostPart[]): string {
  const closed = toClose.map((part) => `select hangar.close_host_part('${part}');\n`).join('')
  const how = toClose.length > 0 ? '; first, what the roles saw by the mapping before' : ''
  return `-- The trigger and the views on the product's tables${how}.
${closed}select hangar.install_host(${literal(JSON.stringify(mapping, null, 2))});`
}

function webhook(secretName: string, hasSecret: boolean): string {
  const secret = hasSecret ? '' : `\nselect vault.create_secret('whsec_…', ${literal(secretName)});`
  return `-- The webhook: what sends it, and the secret that signs it (HANGAR_WEBHOOK_SECRET of the API).
create extension if not exists pg_net;${secret}`
}

function roles(there: readonly ServiceKind[]): string {
  const made = SERVICE_KINDS.flatMap((kind) => [
    ...(there.includes(kind) ? [] : [`create role ${serviceRoleName(kind)} login noinherit;`]),
    `select hangar.grant_service_role('${serviceRoleName(kind)}', '${kind}');`,
  ])
  const how = [
    '-- A role for each service. It has no password yet: give each one by psql, which sends a hash of it, so that it is in no log:',
    ...SERVICE_KINDS.map((kind) => `--   \\password ${serviceRoleName(kind)}`),
  ]
  return [...how, ...made].join('\n')
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`
