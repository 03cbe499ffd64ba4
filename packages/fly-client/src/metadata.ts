import { deleteOrGone } from './apps.ts'
import type { Caller } from './call.ts'
import type { CallOptions } from './call-types.ts'
import * as decoders from './decode.ts'
import { nothing, textMap } from './decoder.ts'

export interface WriteMetadata {
  metadata: Record<string, string>
  /** The machine's `instanceId` this was decided on: another one now is a `conflict`. */
  machineVersion?: string | undefined
}

/** A machine's metadata can be changed without a new version of it, and without its lease. */
export interface MetadataApi {
  listMetadata(app: string, id: string, opts?: CallOptions): Promise<Record<string, string>>
  getMetadata(app: string, id: string, key: string, opts?: CallOptions): Promise<string>
  setMetadata(app: string, id: string, key: string, value: string, opts?: CallOptions): Promise<void>
  deleteMetadata(app: string, id: string, key: string, opts?: CallOptions): Promise<void>
  /** Sets these keys and leaves the others. */
  mergeMetadata(app: string, id: string, given: WriteMetadata, opts?: CallOptions): Promise<void>
  /** Leaves exactly these keys. */
  replaceMetadata(app: string, id: string, given: WriteMetadata, opts?: CallOptions): Promise<void>
}

type WriteMany = 'machines.mergeMetadata' | 'machines.replaceMetadata'

export function metadataApi(caller: Caller): MetadataApi {
  const target = (app: string, id: string) => ({ app_name: app, machine_id: id })
  const writeMany =
    (name: WriteMany) =>
    async (app: string, id: string, { metadata, machineVersion }: WriteMetadata, opts?: CallOptions) => {
      const body = { metadata, machine_version: machineVersion }
      await caller.call(name, { params: target(app, id), body, answer: nothing, opts })
    }

  return {
    listMetadata: (app, id, opts) =>
      caller.call('machines.listMetadata', { params: target(app, id), answer: textMap, opts }),

    getMetadata(app, id, key, opts) {
      const params = { ...target(app, id), key }
      return caller.call('machines.getMetadata', { params, answer: decoders.metadataValue, opts })
    },

    async setMetadata(app, id, key, value, opts) {
      const params = { ...target(app, id), key }
      await caller.call('machines.setMetadata', { params, body: { value }, answer: nothing, opts })
    },

    async deleteMetadata(app, id, key, opts) {
      await deleteOrGone(
        caller.call('machines.deleteMetadata', {
          params: { ...target(app, id), key },
          answer: nothing,
          opts,
        }),
      )
    },

    mergeMetadata: writeMany('machines.mergeMetadata'),
    replaceMetadata: writeMany('machines.replaceMetadata'),
  }
}
