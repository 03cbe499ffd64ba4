import type { Caller } from './call.ts'
import type { CallOptions } from './call-types.ts'
import * as decoders from './decode-org.ts'
import type { CurrentToken, Placement, Region } from './types.ts'
import type { MachineGuest } from './machine-config.ts'

export interface AskPlacements {
  region?: string
  guest?: MachineGuest
  /** 0 asks for the organisation's own limit in each region: nothing else in the API shows it. */
  count?: number
}

export interface PlatformApi {
  regions(opts?: CallOptions): Promise<{ regions: Region[]; nearest: string | undefined }>

  /** Where so many machines would go. Places nothing, so it is retried like a read. */
  placements(ask?: AskPlacements, opts?: CallOptions): Promise<Placement[]>

  /** What the token in use can reach. */
  currentToken(opts?: CallOptions): Promise<CurrentToken[]>
}

export function platformApi(caller: Caller, orgSlug: string): PlatformApi {
  return {
    regions: (opts) => caller.call('platform.regions', { params: {}, answer: decoders.regions, opts }),

    placements({ region, guest, count } = {}, opts) {
      const body = { org_slug: orgSlug, region, compute: guest, count }
      const call = { params: {}, limitId: orgSlug, body, answer: decoders.placements, opts }
      return caller.call('platform.placements', call)
    },

    currentToken: (opts) =>
      caller.call('platform.currentToken', { params: {}, answer: decoders.currentTokens, opts }),
  }
}
