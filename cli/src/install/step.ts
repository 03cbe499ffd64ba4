/** What an installation is asked for, and what each of its steps says. */
import type { Database, HostMapping } from '@hangar/db'
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
  /** Whose mapping it is, as "mapping.json". */
  from: string
  /** Of the API's environment, the one to sign with first; none: the Vault is left as it is. */
  webhookSecrets: readonly string[]
  /** Where new roles' addresses are kept; undefined: no role is made. */
  credentials: Credentials | undefined
  /** Roles that are there get new ones; what is connected stays so. */
  newPasswords: boolean
  dryRun: boolean
  tell: (step: Step) => void
}

export type Done = [Step['outcome'], string]
