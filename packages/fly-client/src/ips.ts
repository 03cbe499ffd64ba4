import type { Caller } from './call.ts'
import type { CallOptions } from './call-types.ts'
import * as decoders from './decode-org.ts'
import { nothing } from './decoder.ts'
import type { IpAssignment } from './types.ts'
import { deleteOrGone, type Deleted } from './apps.ts'

export interface AssignIp {
  type: 'shared_v4' | 'v4' | 'v6' | 'private_v6'
  /** For `private_v6` (Flycast): the network it is reachable from. It does not default to the app's own. */
  network?: string | undefined
  region?: string | undefined
  serviceName?: string | undefined
}

/** An app made over the API has no public address of itself. */
export interface IpsApi {
  /** Does not say which type was asked for: see `ensureIp`. */
  list(app: string, opts?: CallOptions): Promise<IpAssignment[]>
  assign(app: string, assign: AssignIp, opts?: CallOptions): Promise<IpAssignment>
  release(app: string, ip: string, opts?: CallOptions): Promise<Deleted>
}

export function ipsApi(caller: Caller): IpsApi {
  return {
    list: (app, opts) =>
      caller.call('ips.list', { params: { app_name: app }, answer: decoders.ipList, opts }),

    assign(app, { type, network, region, serviceName }, opts) {
      const body = { type, network, region, service_name: serviceName }
      return caller.call('ips.assign', { params: { app_name: app }, body, answer: decoders.ip, opts })
    },

    release: (app, ip, opts) =>
      deleteOrGone(caller.call('ips.release', { params: { app_name: app, ip }, answer: nothing, opts })),
  }
}
