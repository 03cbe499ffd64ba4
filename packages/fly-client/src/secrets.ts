import type { Caller } from './call.ts'
import type { CallOptions } from './call-types.ts'
import * as decoders from './decode.ts'
import type { Secret } from './types.ts'

export interface SecretsApi {
  /**
   * Sets many at once; `null` unsets, and unsetting a missing one is no error. Machines that run see it
   * only after an update or restart. The version is the least that a machine made next must see.
   */
  set(
    app: string,
    values: Record<string, string | null>,
    opts?: CallOptions,
  ): Promise<{ version: number | undefined }>

  /** Names and digests: values cannot be read back. `minVersion` as `set` answered it. */
  list(app: string, options?: { minVersion?: number }, opts?: CallOptions): Promise<Secret[]>
}

/**
 * The secrets version of each app as this client last wrote it. A machine takes whatever its host
 * has heard of, unless it is told the least version to wait for: `machines.create` and `update` pass
 * this on by themselves. Bounded; the oldest go first.
 */
export class SecretVersions {
  private readonly versions = new Map<string, number>()
  private readonly most: number

  constructor(most = 10_000) {
    this.most = most
  }

  find(app: string): number | undefined {
    return this.versions.get(app)
  }

  wrote(app: string, version: number | undefined): void {
    if (version === undefined) return
    const highest = Math.max(version, this.versions.get(app) ?? 0)
    this.versions.delete(app)
    this.versions.set(app, highest)
    const [oldest] = this.versions.keys()
    if (this.versions.size > this.most && oldest !== undefined) this.versions.delete(oldest)
  }
}

export function secretsApi(caller: Caller, versions: SecretVersions): SecretsApi {
  return {
    async set(app, values, opts) {
      const secrets = Object.values(values).filter((value) => value !== null)
      const call = { params: { app_name: app }, body: { values }, answer: decoders.secretsSet, secrets, opts }
      const set = await caller.call('secrets.set', call)
      versions.wrote(app, set.version)
      return set
    },

    list(app, { minVersion } = {}, opts) {
      const query = { min_version: minVersion }
      return caller.call('secrets.list', {
        params: { app_name: app },
        query,
        answer: decoders.secretList,
        opts,
      })
    },
  }
}
