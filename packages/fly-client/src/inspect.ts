import type { Caller } from './call.ts'
import type { CallOptions } from './call-types.ts'
import * as decoders from './decode.ts'
import type { MachineEvent } from './types.ts'
import type { MachineConfig } from './machine-config.ts'

export interface ExecResult {
  exitCode: number
  exitSignal: number | undefined
  stdout: string
  stderr: string
}

export interface InspectApi {
  /** Resolves whenever the command could be run: only `exitCode` says how it ended. */
  exec(
    app: string,
    id: string,
    options: { command: string[]; timeoutSeconds?: number },
    opts?: CallOptions,
  ): Promise<ExecResult>

  /** Newest first. Fly's default is 20, its most 50. */
  listEvents(
    app: string,
    id: string,
    options?: { limit?: number },
    opts?: CallOptions,
  ): Promise<MachineEvent[]>

  listVersions(
    app: string,
    id: string,
    opts?: CallOptions,
  ): Promise<{ version: string | undefined; config: MachineConfig | undefined }[]>
}

export function inspectApi(caller: Caller): InspectApi {
  const target = (app: string, id: string) => ({ app_name: app, machine_id: id })

  return {
    exec(app, id, { command, timeoutSeconds }, opts) {
      const body = { command, timeout: timeoutSeconds }
      return caller.call('machines.exec', {
        params: target(app, id),
        body,
        answer: decoders.execResult,
        opts,
      })
    },

    listEvents(app, id, { limit } = {}, opts) {
      const call = { params: target(app, id), query: { limit }, answer: decoders.eventList, opts }
      return caller.call('machines.listEvents', call)
    },

    listVersions: (app, id, opts) =>
      caller.call('machines.listVersions', { params: target(app, id), answer: decoders.versionList, opts }),
  }
}
