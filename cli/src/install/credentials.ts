/**
 * Where the addresses of new roles go, passwords and all: a file that only its owner can read, never the terminal. It is
 * made before the first role, so that no password is lost to a path that cannot be written. Its lines are settings, which
 * docker-compose.yml and deploy/fly take as they stand.
 */
import { open, readFile } from 'node:fs/promises'
import { parseEnv } from 'node:util'
import { SERVICE_KINDS, serviceRoleName, type ServiceKind } from '@hangar/db'
import { CliError, EXIT } from '../exit.ts'

export type Credentials = {
  readonly file: string
  /** Those whose address is in the file; none where there is no file yet. */
  kinds: () => Promise<ServiceKind[]>
  /** Adds a line for each new password, such as `DATABASE_URL_API=postgres://…`, and is done when it is on the disk. */
  write: (adminUrl: string, passwords: Partial<Record<ServiceKind, string>>) => Promise<void>
}

export function credentialsIn(file: string): Credentials {
  return {
    file,
    kinds: async () => {
      const text = await readFile(file, 'utf8').catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
        throw new CliError(EXIT.noInput, `${file} cannot be read.`, { cause: error })
      })
      const kept = parseEnv(text)
      return SERVICE_KINDS.filter((kind) => kept[settingOf(kind)] !== undefined)
    },
    write: async (adminUrl, passwords) => {
      const handle = await open(file, 'a', 0o600).catch((error: unknown) => {
        throw new CliError(EXIT.noInput, `${file} cannot be written.`, { cause: error })
      })
      try {
        await handle.chmod(0o600)
        const lines = Object.entries(passwords).map(
          ([kind, password]) =>
            `${settingOf(kind as ServiceKind)}=${addressOf(adminUrl, kind as ServiceKind, password)}\n`,
        )
        await handle.appendFile(lines.join(''))
        await handle.sync()
      } finally {
        await handle.close()
      }
    },
  }
}

const settingOf = (kind: ServiceKind) => `DATABASE_URL_${kind.toUpperCase()}`

/** The pooler of Supabase wants the project behind the name of the role: `hangar_api.ref`. */
function addressOf(adminUrl: string, kind: ServiceKind, password: string): string {
  const url = new URL(adminUrl)
  const [, ref] = /^[^.]+\.([a-z0-9]{20})$/.exec(decodeURIComponent(url.username)) ?? []
  url.username = ref === undefined ? serviceRoleName(kind) : `${serviceRoleName(kind)}.${ref}`
  url.password = password
  return url.href
}
