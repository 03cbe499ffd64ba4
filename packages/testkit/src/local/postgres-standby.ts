/**
 * A second PostgreSQL that follows the first, by streaming replication, and can take its place:
 *
 *   following ─ promote ─▶ primary
 *
 * Every commit waits until it is on both, so that none is lost with the first.
 */
import { execFile } from 'node:child_process'
import { appendFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { ARCHIVE_SETTINGS, copyFolder, takeBackup } from './postgres-backup.ts'
import { runSql, startPostgres, type LocalPostgres } from './postgres.ts'
import { waitFor } from './wait-for.ts'

const run = promisify(execFile)

/** What the first server has to run with. */
export const REPLICATED_SETTINGS = { ...ARCHIVE_SETTINGS, synchronous_commit: 'on' } as const

export type StandbyPostgres = {
  /** As the first one's, at its own port. */
  readonly url: string
  readonly port: number
  /** It follows no longer, and takes changes. Resolves when it does. */
  promote(): Promise<void>
  stop(): Promise<void>
}

/** Of a server that runs with `REPLICATED_SETTINGS`. From now on the first waits for it with each commit. */
export async function startStandby(primary: LocalPostgres): Promise<StandbyPostgres> {
  const from = new URL(primary.url)
  // A server like any other, whose files are then replaced by a copy of the first one's.
  const standby = await startPostgres({ settings: REPLICATED_SETTINGS })
  const url = new URL(from)
  url.port = String(standby.port)
  try {
    const backup = await takeBackup(primary)
    await standby.restart('fast', async () => {
      const { dataFolder, owner } = standby
      await rm(dataFolder, { recursive: true })
      await copyFolder(backup.folder, dataFolder)
      const login = `host=127.0.0.1 port=${from.port} user=${from.username} password=${from.password}`
      await appendFile(
        join(dataFolder, 'postgresql.auto.conf'),
        `primary_conninfo = '${login} application_name=standby'
         restore_command = 'cp ${join(dirname(primary.dataFolder), 'archive')}/%f %p'
        `,
      )
      await writeFile(join(dataFolder, 'standby.signal'), '')
      if (owner) await run('chown', ['-R', `${owner.uid}:${owner.gid}`, dataFolder])
    })
    await runSql(
      primary.url,
      `alter system set synchronous_standby_names = 'standby'`,
      'select pg_reload_conf()',
    )
    await waitFor(() => runSql(primary.url, FOLLOWS).then(() => true), {
      what: 'the standby to follow',
      timeoutMs: 30_000,
    })
  } catch (error) {
    await standby.stop()
    throw error
  }
  return {
    url: url.href,
    port: standby.port,
    promote: () => runSql(url.href, 'select pg_promote(true, 60)'),
    stop: () => standby.stop(),
  }
}

const FOLLOWS = `do $$ begin
  if not exists (select from pg_stat_replication where sync_state = 'sync') then raise 'nobody follows'; end if;
end $$`
