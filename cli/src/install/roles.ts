/**
 * The services' login roles and their passwords. A password is in the file, and on the disk, before the server has it: so
 * none is ever lost. Where it ends in between, the next run writes another line, and the last one of a name counts.
 */
import {
  createServiceRole,
  findServiceRoles,
  grantServiceRole,
  makePassword,
  openHost,
  SERVICE_KINDS,
  serviceRoleName,
  setServicePassword,
  type Database,
  type ServiceKind,
} from '@hangar/db'
import type { Credentials } from './credentials.ts'
import type { Done, Installing } from './step.ts'

/**
 *   missing   the server has no such role
 *   lost      the role is there, and the file does not have its address
 *   kept      the role is there, and its address is in the file
 */
type State = 'missing' | 'lost' | 'kept'

export async function roles({ db, url, credentials, newPasswords, dryRun }: Installing): Promise<Done> {
  // Roles from before, or one for all, were given what they need by the steps before this one.
  if (credentials === undefined)
    return ['left_out', dryRun ? 'no --roles' : 'no --roles; those that are known have what they need']
  const states = await readStates(db, credentials)
  const names = (state: State) => SERVICE_KINDS.filter((kind) => states[kind] === state).map(serviceRoleName)
  const missing = names('missing')
  const renewed = newPasswords ? [...names('lost'), ...names('kept')] : []
  if (!dryRun) {
    for (const kind of SERVICE_KINDS) {
      const give = states[kind] === 'missing' ? createServiceRole : setServicePassword
      if (states[kind] !== 'missing' && !newPasswords) continue
      const password = makePassword()
      await credentials.write(url, { [kind]: password })
      await give(db, kind, password)
    }
    for (const kind of SERVICE_KINDS) await grantServiceRole(db, kind)
    await openHost(db)
  }
  return wordsFor({ missing, renewed, lost: newPasswords ? [] : names('lost') }, credentials.file, dryRun)
}

async function readStates(db: Database, credentials: Credentials): Promise<Record<ServiceKind, State>> {
  const [there, kept] = [await findServiceRoles(db), await credentials.kinds()]
  const stateOf = (kind: ServiceKind): State =>
    there.includes(kind) ? (kept.includes(kind) ? 'kept' : 'lost') : 'missing'
  return { api: stateOf('api'), worker: stateOf('worker'), scheduler: stateOf('scheduler') }
}

function wordsFor(
  { missing, renewed, lost }: Record<'missing' | 'renewed' | 'lost', string[]>,
  file: string,
  dryRun: boolean,
): Done {
  const told = [
    ...(missing.length > 0 ? [`${dryRun ? 'make' : 'made'} ${missing.join(', ')}`] : []),
    ...(renewed.length > 0 ? [`new passwords for ${renewed.join(', ')}`] : []),
  ]
  const where = `${told.join(', ')}: addresses in ${file}`
  if (lost.length > 0) {
    const remedy = `${lost.join(', ')}: there, and not in ${file}. Name the file that has them (--credentials), or give all new passwords: --new-passwords`
    return ['left_out', told.length > 0 ? `${remedy}. ${where}` : remedy]
  }
  if (told.length > 0) return [dryRun ? 'would' : 'done', where]
  return dryRun ? ['would', 'grant again what each needs'] : ['as_is', 'each has what it needs']
}
