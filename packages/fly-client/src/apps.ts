import type { Caller } from './call.ts'
import type { CallOptions } from './call-types.ts'
import * as decoders from './decode.ts'
import { nothing } from './decoder.ts'
import type { App } from './types.ts'
import { isFlyError } from './errors.ts'

export interface CreateApp {
  /** Lower-case letters, digits and dashes, under 63 characters. One namespace for all of Fly: never reuse a name. */
  name: string
  /**
   * The private network (6PN) that the app gets to itself. The link from a name to a network is permanent:
   * never give one customer's name to another. Starts with a letter.
   */
  network?: string | undefined
}

/** What became of a DELETE: Fly took it on, or there was nothing left to delete. */
export type Deleted = 'accepted' | 'already_gone'

export interface AppsApi {
  /** Single-shot; `name_taken` does not say by whom: `ensureApp` finds out. */
  create(app: CreateApp, opts?: CallOptions): Promise<{ name: string; id: string | undefined }>

  /** `unauthorized` with status 403: the name exists in an organisation that we cannot see. */
  get(name: string, opts?: CallOptions): Promise<App>

  /** All apps of the organisation in one answer: Fly has no paging here, so do not poll it. */
  list(opts?: CallOptions): Promise<{ totalApps: number; apps: App[] }>

  /**
   * Deletes the app with all its machines, volumes and addresses. Fly answers before it is done:
   * `ensureAppGone` also waits for the end. `force` also stops what still runs.
   */
  delete(name: string, options?: { force?: boolean }, opts?: CallOptions): Promise<Deleted>

  /** A token that can deploy this one app and nothing else. `expiry` is a Go duration such as `720h`. */
  createDeployToken(name: string, options: { expiry: string }, opts?: CallOptions): Promise<string>
}

export function appsApi(caller: Caller, orgSlug: string): AppsApi {
  const { fresh } = caller.parts

  return {
    async create({ name, network }, opts) {
      const body = { name, org_slug: orgSlug, network }
      const call = { params: {}, limitId: name, body, answer: decoders.createdApp, opts }
      const id = await caller.call('apps.create', call)
      fresh.createdApp(name)
      return { name, id }
    },

    get: (name, opts) => caller.call('apps.get', { params: { app_name: name }, answer: decoders.app, opts }),

    list(opts) {
      const query = { org_slug: orgSlug }
      return caller.call('apps.list', { params: {}, limitId: orgSlug, query, answer: decoders.appList, opts })
    },

    async delete(name, { force = false } = {}, opts) {
      const query = { force: force || undefined }
      const call = { params: { app_name: name }, query, answer: nothing, opts }
      const deleted = await deleteOrGone(caller.call('apps.delete', call))
      fresh.forget(name)
      return deleted
    },

    async createDeployToken(name, { expiry }, opts) {
      const call = { params: { app_name: name }, body: { expiry }, answer: decoders.token, opts }
      return caller.call('apps.createDeployToken', call)
    },
  }
}

/** A delete that finds nothing has what it wanted. */
export async function deleteOrGone(call: Promise<unknown>): Promise<Deleted> {
  try {
    await call
    return 'accepted'
  } catch (error) {
    if (isFlyError(error, 'not_found')) return 'already_gone'
    throw error
  }
}
