import type { Caller } from './call.ts'
import type { CallOptions, Query } from './call-types.ts'
import * as decoders from './decode-org.ts'
import { FlyError } from './errors.ts'
import { OPERATIONS, type OperationName } from './operations.ts'
import type { OrgMachine, OrgVolume } from './types.ts'

export interface ListOrgMachines {
  includeDeleted?: boolean
  region?: string
  states?: string[]
  /** Only what changed since. Fly hears of some changes late: start a minute before your last look. */
  updatedAfter?: Date
  /** Advisory, at most 1 000, which is also the default. */
  pageSize?: number
  /** Where a page said to go on. */
  cursor?: string
  /** Default: this client's organisation. */
  orgSlug?: string
}

export interface OrgMachinesPage {
  /** May be empty although more follow. Without checks and events: `machines.get` has those. */
  machines: OrgMachine[]
  /** Not empty: these regions did not answer, and what is missing here may well exist. Never conclude `gone` from it. */
  errorRegions: string[]
  nextCursor: string | undefined
  lastUpdatedAt: string | undefined
}

/** Far beyond any healthy listing. One that goes on is an error: taken for complete, it would make apps look gone. */
const MOST_PAGES = 10_000
const MOST_EMPTY_PAGES = 100

export interface OrgsApi {
  /**
   * Every machine of the organisation, page by page. The order is not guaranteed, recent changes
   * arrive late, and a machine may be seen twice.
   */
  machines(list?: ListOrgMachines, opts?: CallOptions): AsyncGenerator<OrgMachinesPage, void, undefined>

  /** What `machines` yields, as one list with each machine once, and whether any region is missing. */
  collectMachines(
    list?: ListOrgMachines,
    opts?: CallOptions,
  ): Promise<{ machines: OrgMachine[]; errorRegions: string[]; complete: boolean }>

  /** Every volume of the organisation, page by page: what a teardown may have left behind. */
  volumes(
    list?: { orgSlug?: string; pageSize?: number },
    opts?: CallOptions,
  ): AsyncGenerator<{ volumes: OrgVolume[]; errorRegions: string[] }, void, undefined>
}

export function orgsApi(caller: Caller, defaultOrg: string): OrgsApi {
  function machines(list: ListOrgMachines = {}, opts?: CallOptions) {
    const read = (cursor: string | undefined) =>
      caller.call('orgs.machines', {
        params: { org_slug: list.orgSlug ?? defaultOrg },
        query: machinesQuery(list, cursor),
        answer: decoders.orgMachines,
        opts,
      })
    return follow('orgs.machines', list.cursor, read, (page) => page.machines.length === 0)
  }

  return {
    machines,

    async collectMachines(list, opts) {
      const found = new Map<string, OrgMachine>()
      const errorRegions = new Set<string>()
      for await (const page of machines(list, opts)) {
        for (const machine of page.machines) found.set(machine.id, machine)
        for (const region of page.errorRegions) errorRegions.add(region)
      }
      const complete = errorRegions.size === 0
      return { machines: [...found.values()], errorRegions: [...errorRegions], complete }
    },

    volumes({ orgSlug = defaultOrg, pageSize } = {}, opts) {
      const read = (cursor: string | undefined) => {
        const query = { cursor, limit: pageSize }
        const call = { params: { org_slug: orgSlug }, query, answer: decoders.orgVolumes, opts }
        return caller.call('orgs.volumes', call)
      }
      return follow('orgs.volumes', undefined, read, (page) => page.volumes.length === 0)
    },
  }
}

function machinesQuery(list: ListOrgMachines, cursor: string | undefined): Query {
  return {
    include_deleted: list.includeDeleted,
    region: list.region,
    state: list.states?.join(','),
    // The cursor takes precedence; sending both would only confuse.
    updated_after: cursor === undefined ? list.updatedAfter?.toISOString() : undefined,
    cursor,
    limit: list.pageSize,
  }
}

/** Page after page, the empty ones too, until there is no cursor or it leads back to an earlier page. */
async function* follow<P extends { nextCursor: string | undefined }>(
  operation: OperationName,
  from: string | undefined,
  read: (cursor: string | undefined) => Promise<P>,
  isEmpty: (page: P) => boolean,
): AsyncGenerator<P, void, undefined> {
  const seen = new Set<string>()
  let emptyPages = 0
  let cursor = from
  while (seen.size < MOST_PAGES && emptyPages < MOST_EMPTY_PAGES) {
    const page = await read(cursor)
    yield page
    emptyPages = isEmpty(page) ? emptyPages + 1 : 0
    cursor = page.nextCursor
    if (cursor === undefined || seen.has(cursor)) return
    seen.add(cursor)
  }
  const { method, path, kind } = OPERATIONS[operation]
  const reason = 'the list does not end'
  throw new FlyError('unexpected_answer', { operation, method, path, kind, sent: true, reason })
}
