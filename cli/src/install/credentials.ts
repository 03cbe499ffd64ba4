/**
 * Where the addresses of new roles go, passwords and all: a file that only its owner can read, never the terminal. It is
 * made before the first role, so that no password is lost to a path that cannot be written. Its lines are settings, which
 * docker-compose.yml and deploy/fly take as they stand.
 */
import { open } from 'node:fs/promises'
import { serviceRoleName, type ServiceKind } from '@hangar/db'
import { CliError, EXIT } from '../exit.ts'

export type Credentials = {
  readonly file: string
  /** Adds a line for each new role, such as `DATABASE_URL_API=postgres://…`. */
  write: (adminUrl: string, passwords: Partial<Record<ServiceKind, string>>) => Promise<void>
}

export function credentialsIn(file: string): Credentials {
  return {
    file,
    write: async (adminUrl, passwords) => {
      const handle = await open(file, 'a', 0o600).catch((error: unknown) => {
        throw new CliError(EXIT.noInput, `${file} cannot be written.`, { cause: error })
      })
      try {
        await handle.chmod(0o600)
        const lines = Object.entries(passwords).map(
          ([kind, password]) =>
            `DATABASE_URL_${kind.toUpperCase()}=${addressOf(adminUrl, kind as ServiceKind, password)}\n`,
        )
        await handle.appendFile(lines.join(''))
        await handle.sync()
      } finally {
        await handle.close()
      }
    },
  }
}

/** The pooler of Supabase wants the project behind the name of the role: `hangar_api.ref`. */
function addressOf(adminUrl: string, kind: ServiceKind, password: string): string {
  const url = new URL(adminUrl)
  const [, ref] = /^[^.]+\.([a-z0-9]{20})$/.exec(decodeURIComponent(url.username)) ?? []
  url.username = ref === undefined ? serviceRoleName(kind) : `${serviceRoleName(kind)}.${ref}`
  url.password = password
  return url.href
}
