import type { Caller } from './call.ts'
import type { CallOptions } from './call-types.ts'
import * as decoders from './decode.ts'
import { nothing } from './decoder.ts'
import type { StopSignal } from './machine-config.ts'

export interface StopMachine {
  /** Fly's default is documented in two ways: always give it. */
  signal?: StopSignal | undefined
  /** A Go duration such as `30s`, at most `300s`; then it is killed. */
  timeout?: string | undefined
}

/** Each answers as soon as Fly has taken it on; `wait` tells when it is done. */
export interface PowerApi {
  /** `replaced` while an update is under way, `conflict` from `created`: both pass. */
  start(app: string, id: string, opts?: CallOptions): Promise<{ previousState: string | undefined }>

  /** Succeeds on a stopped machine too. A suspended one loses its snapshot. */
  stop(app: string, id: string, stop?: StopMachine, opts?: CallOptions): Promise<void>

  /** Needs at most 2 GB of memory; whether it resumes is not guaranteed. */
  suspend(app: string, id: string, opts?: CallOptions): Promise<void>

  restart(app: string, id: string, stop?: StopMachine, opts?: CallOptions): Promise<void>

  /** Any signal, to the machine's process. */
  signal(app: string, id: string, options: { signal: string }, opts?: CallOptions): Promise<void>

  /** Takes the machine out of the proxy; safe to repeat. */
  cordon(app: string, id: string, opts?: CallOptions): Promise<void>

  uncordon(app: string, id: string, opts?: CallOptions): Promise<void>
}

type BareAction = 'machines.suspend' | 'machines.cordon' | 'machines.uncordon'

export function powerApi(caller: Caller): PowerApi {
  const target = (app: string, id: string) => ({ app_name: app, machine_id: id })
  const bare = (name: BareAction) => async (app: string, id: string, opts?: CallOptions) => {
    await caller.call(name, { params: target(app, id), answer: nothing, opts })
  }

  return {
    start: (app, id, opts) =>
      caller.call('machines.start', { params: target(app, id), answer: decoders.started, opts }),

    async stop(app, id, { signal, timeout } = {}, opts) {
      // Always an object: Fly refuses any other JSON.
      const body = { signal, timeout }
      await caller.call('machines.stop', { params: target(app, id), body, answer: nothing, opts })
    },

    suspend: bare('machines.suspend'),

    async restart(app, id, { signal, timeout } = {}, opts) {
      const query = { signal, timeout }
      await caller.call('machines.restart', { params: target(app, id), query, answer: nothing, opts })
    },

    async signal(app, id, { signal }, opts) {
      await caller.call('machines.signal', {
        params: target(app, id),
        body: { signal },
        answer: nothing,
        opts,
      })
    },

    cordon: bare('machines.cordon'),
    uncordon: bare('machines.uncordon'),
  }
}
