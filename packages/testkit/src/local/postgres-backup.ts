/**
 * Backups of a local PostgreSQL by its own means, as a hosted one makes them: a copy of its files while it works, every
 * piece of its log kept, and a restore to any moment between. Needs no pg_dump, which the embedded one does not bring.
 */
import { execFile } from 'node:child_process'
import { appendFile, chmod, copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import type { LocalPostgres } from './postgres.ts'
import { waitFor } from './wait-for.ts'

const run = promisify(execFile)

/** With these a server keeps its log beside its files, for `restoreBackup`. */
export const ARCHIVE_SETTINGS = {
  archive_mode: 'on',
  archive_command: 'mkdir -p ../archive && cp %p ../archive/%f',
} as const

/** Of this moment only, or of no use to a copy. The log comes from the archive. */
const NOT_COPIED = [
  'postmaster.pid',
  'postmaster.opts',
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_stat_tmp',
]

export type BaseBackup = { readonly folder: string }

/** Copies the files of a server that runs with `ARCHIVE_SETTINGS`, and goes on working. */
export async function takeBackup(server: LocalPostgres): Promise<BaseBackup> {
  const folder = join(dirname(server.dataFolder), 'backup')
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  try {
    // On one connection: the backup ends with it.
    await client.query(`select pg_backup_start('hangar', true)`)
    await copyFolder(server.dataFolder, folder, NOT_COPIED)
    const { rows } = await client.query<{ label: string }>(`select labelfile as label from pg_backup_stop()`)
    await writeFile(join(folder, 'backup_label'), rows[0]?.label ?? '')
  } finally {
    await client.end()
  }
  for (const name of NOT_COPIED.slice(2)) await mkdir(join(folder, name), { mode: 0o700 })
  return { folder }
}

/** The server's own time, to restore to. */
export async function markMoment(server: LocalPostgres): Promise<string> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  try {
    const { rows } = await client.query<{ now: string }>('select clock_timestamp()::text as now')
    return rows[0]?.now ?? ''
  } finally {
    await client.end()
  }
}

/** Hands over the piece of the log that is being written. What comes after is lost when the server is. */
export async function finishArchive(server: LocalPostgres): Promise<void> {
  const client = new pg.Client({ connectionString: server.url })
  await client.connect()
  try {
    const { rows } = await client.query<{ piece: string }>('select pg_walfile_name(pg_switch_wal()) as piece')
    const isKept = async () => {
      const { rows: kept } = await client.query<{ last: string | null }>(
        'select last_archived_wal as last from pg_stat_archiver',
      )
      return (kept[0]?.last ?? '') >= (rows[0]?.piece ?? '')
    }
    await waitFor(isKept, { what: 'the log to be in the archive', timeoutMs: 30_000 })
  } finally {
    await client.end()
  }
}

/** The server is lost, and comes back on the same address as it was at `moment`. */
export async function restoreBackup(
  server: LocalPostgres,
  { folder }: BaseBackup,
  moment: string,
): Promise<void> {
  await server.restart('crash', async () => {
    const { dataFolder, owner } = server
    await rm(dataFolder, { recursive: true })
    await copyFolder(folder, dataFolder, [])
    await appendFile(
      join(dataFolder, 'postgresql.auto.conf'),
      `restore_command = 'cp ../archive/%f %p'
       recovery_target_time = '${moment}'
       recovery_target_action = 'promote'
       `,
    )
    await writeFile(join(dataFolder, 'recovery.signal'), '')
    if (owner) await run('chown', ['-R', `${owner.uid}:${owner.gid}`, dataFolder])
  })
}

/** A file may vanish while the server works, and is of no use then: the log says so too. */
export async function copyFolder(from: string, to: string, except: readonly string[] = []): Promise<void> {
  await mkdir(to, { mode: 0o700 })
  // Whatever the umask says: PostgreSQL refuses files that others may read.
  await chmod(to, 0o700)
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (except.includes(entry.name)) continue
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) await copyFolder(source, target, [])
    else if (entry.isFile()) await copyFile(source, target).catch(unlessGone)
  }
}

function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
