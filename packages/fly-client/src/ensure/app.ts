/**
 * An app that is ours, whether this call made it, an earlier one whose answer was lost, or an earlier
 * process. The name is the key: Fly gives it to one app only.
 *
 *   create ─ created ─▶ done
 *     │  ╰─ name taken, or nobody knows ─▶ look ─ ours, on our network ─▶ adopted
 *     │                                      ├─ somebody else's ─▶ `name_taken`
 *     ╰──────── not there: create again ◀────╯
 */
import type { AppsApi, CreateApp } from '../apps.ts'
import type { CallerParts } from '../call-types.ts'
import type { App } from '../types.ts'
import { FlyError, isFlyError } from '../errors.ts'
import { APP_VISIBLE_WITHIN_MS } from '../fresh.ts'
import { OPERATIONS } from '../operations.ts'
import { isPassing, Patience, type EnsureOptions } from './patience.ts'

export interface EnsureApp extends CreateApp {
  /** Called before an app that exists is taken for ours, after organisation and network have matched. */
  adopt?: (app: App) => boolean | Promise<boolean>
}

export interface EnsuredApp {
  name: string
  outcome: 'created' | 'adopted'
}

type Look = 'ours' | 'taken' | 'not_there'

export async function ensureApp(
  parts: CallerParts,
  apps: AppsApi,
  orgSlug: string,
  wanted: EnsureApp,
  opts: EnsureOptions = {},
): Promise<EnsuredApp> {
  const patience = new Patience(parts, opts)
  const lookAgainUntil = parts.clock.now().getTime() + APP_VISIBLE_WITHIN_MS
  for (;;) {
    let failure: FlyError
    try {
      await apps.create(wanted, patience.callOpts)
      return { name: wanted.name, outcome: 'created' }
    } catch (error) {
      if (!isPassing(error) && !isFlyError(error, 'name_taken', 'conflict')) throw error
      failure = error
    }
    const mayExist = failure.ambiguous || failure.code === 'name_taken' || failure.code === 'conflict'
    const seen = mayExist ? await look(apps, orgSlug, wanted, patience) : 'not_there'
    if (seen === 'ours') return { name: wanted.name, outcome: 'adopted' }
    if (seen === 'taken') throw taken(failure)
    // Taken, yet not there: made a moment ago by a process that is gone, and not visible yet.
    if (failure.code === 'name_taken' && parts.clock.now().getTime() >= lookAgainUntil) throw failure
    await patience.pause(failure)
  }
}

async function look(apps: AppsApi, orgSlug: string, wanted: EnsureApp, patience: Patience): Promise<Look> {
  let known: App | undefined
  try {
    const app = await apps.get(wanted.name, patience.callOpts)
    known = await completed(apps, orgSlug, app, wanted, patience)
  } catch (error) {
    if (isFlyError(error, 'not_found') || (isFlyError(error) && error.status === 401)) return 'not_there'
    if (isFlyError(error) && error.status === 403) return 'taken'
    // Fly is away: nothing is known, so the create is asked again, and answers for itself.
    if (isPassing(error)) return 'not_there'
    throw error
  }
  if (known?.orgSlug !== orgSlug) return 'taken'
  if (wanted.network !== undefined && known.network !== wanted.network) return 'taken'
  return (await (wanted.adopt?.(known) ?? true)) ? 'ours' : 'taken'
}

/**
 * The app with its organisation and network. Fly need not tell them of a single app; the list of our
 * organisation's apps does, and an app that is not in it is not ours.
 */
async function completed(
  apps: AppsApi,
  orgSlug: string,
  app: App,
  wanted: EnsureApp,
  patience: Patience,
): Promise<App | undefined> {
  const enough = app.orgSlug !== undefined && (wanted.network === undefined || app.network !== undefined)
  if (enough) return app
  const listed = (await apps.list(patience.callOpts)).apps.find(({ name }) => name === app.name)
  return listed && { ...app, orgSlug: app.orgSlug ?? orgSlug, network: app.network ?? listed.network }
}

function taken(failure: FlyError): FlyError {
  if (failure.code === 'name_taken') return failure
  const { method, path, kind } = OPERATIONS['apps.create']
  return new FlyError('name_taken', {
    operation: 'apps.create',
    method,
    path,
    kind,
    sent: true,
    cause: failure,
  })
}
