import type { CallOptions, Caller } from './call.ts'
import { currentTokenSchema, placementsSchema, regionsSchema, type Region } from './decode-org.ts'
import type { MachineGuest } from './machine-config.ts'

export interface AskPlacements {
  region?: string
  guest?: MachineGuest
  /** 0 asks for the organisation's own limit in each region: nothing else in the API shows it. */
  count?: number
}

export interface Placement {
  region: string
  count: number
  concurrency: number | undefined
}

export type PlatformApi = ReturnType<typeof platformApi>

export function platformApi(caller: Caller, orgSlug: string) {
  return {
    regions(opts?: CallOptions): Promise<{ regions: Region[]; nearest: string | undefined }> {
      return caller.call('platform.regions', { params: {}, answer: regionsSchema, opts })
    },

    /** Where so many machines would go. Places nothing, so it is retried like a read. */
    placements({ region, guest, count }: AskPlacements = {}, opts?: CallOptions): Promise<Placement[]> {
      const body = { org_slug: orgSlug, region, compute: guest, count }
      return caller.call('platform.placements', {
        params: {},
        body,
        answer: placementsSchema,
        opts,
        limitId: orgSlug,
      })
    },

    /** What the token in use can reach. */
    currentToken(opts?: CallOptions) {
      return caller.call('platform.currentToken', { params: {}, answer: currentTokenSchema, opts })
    },
  }
}
