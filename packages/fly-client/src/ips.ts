import type { CallOptions, Caller } from './call.ts'
import { ipListSchema, ipSchema, type IpAssignment } from './decode-org.ts'
import { nothing } from './decode.ts'
import { isFlyError } from './errors.ts'
import type { Deleted } from './apps.ts'

export interface AssignIp {
  type: 'shared_v4' | 'v4' | 'v6' | 'private_v6'
  /** For `private_v6` (Flycast): the network it is reachable from. It does not default to the app's own. */
  network?: string | undefined
  region?: string | undefined
  serviceName?: string | undefined
}

export type IpsApi = ReturnType<typeof ipsApi>

/** An app made over the API has no public address of itself. */
export function ipsApi(caller: Caller) {
  return {
    /** Does not say which type was asked for. */
    list(app: string, opts?: CallOptions): Promise<IpAssignment[]> {
      return caller.call('ips.list', { params: { app_name: app }, answer: ipListSchema, opts })
    },

    assign(app: string, assign: AssignIp, opts?: CallOptions): Promise<IpAssignment> {
      const body = {
        type: assign.type,
        network: assign.network,
        region: assign.region,
        service_name: assign.serviceName,
      }
      return caller.call('ips.assign', { params: { app_name: app }, body, answer: ipSchema, opts })
    },

    async release(app: string, ip: string, opts?: CallOptions): Promise<Deleted> {
      try {
        await caller.call('ips.release', { params: { app_name: app, ip }, answer: nothing, opts })
        return 'accepted'
      } catch (error) {
        if (!isFlyError(error, 'not_found')) throw error
        return 'already_gone'
      }
    },
  }
}
