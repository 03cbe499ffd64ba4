import type { CallOptions, Caller } from './call.ts'
import { metadataSchema, metadataValueSchema, nothing } from './decode.ts'

export interface WriteMetadata {
  metadata: Record<string, string>
  /** The machine's `instanceId` this was decided on: another one now is a `conflict`. */
  machineVersion?: string | undefined
}

/** A machine's metadata can be changed without a new version of it, and without its lease. */
export type MetadataApi = ReturnType<typeof metadataApi>

export function metadataApi(caller: Caller) {
  const target = (app: string, id: string) => ({ app_name: app, machine_id: id })
  const write = async (
    name: 'machines.mergeMetadata' | 'machines.replaceMetadata',
    app: string,
    id: string,
    { metadata, machineVersion }: WriteMetadata,
    opts?: CallOptions,
  ): Promise<void> => {
    const body = { metadata, machine_version: machineVersion }
    await caller.call(name, { params: target(app, id), body, answer: nothing, opts })
  }

  return {
    listMetadata(app: string, id: string, opts?: CallOptions): Promise<Record<string, string>> {
      return caller.call('machines.listMetadata', { params: target(app, id), answer: metadataSchema, opts })
    },

    getMetadata(app: string, id: string, key: string, opts?: CallOptions): Promise<string> {
      const params = { ...target(app, id), key }
      return caller.call('machines.getMetadata', { params, answer: metadataValueSchema, opts })
    },

    async setMetadata(
      app: string,
      id: string,
      key: string,
      value: string,
      opts?: CallOptions,
    ): Promise<void> {
      const params = { ...target(app, id), key }
      await caller.call('machines.setMetadata', { params, body: { value }, answer: nothing, opts })
    },

    async deleteMetadata(app: string, id: string, key: string, opts?: CallOptions): Promise<void> {
      await caller.call('machines.deleteMetadata', {
        params: { ...target(app, id), key },
        answer: nothing,
        opts,
      })
    },

    /** Sets these keys and leaves the others. */
    mergeMetadata: (app: string, id: string, given: WriteMetadata, opts?: CallOptions): Promise<void> =>
      write('machines.mergeMetadata', app, id, given, opts),

    /** Leaves exactly these keys. */
    replaceMetadata: (app: string, id: string, given: WriteMetadata, opts?: CallOptions): Promise<void> =>
      write('machines.replaceMetadata', app, id, given, opts),
  }
}
