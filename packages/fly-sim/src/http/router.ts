import type { Answer } from './answer.ts'
import type { Call } from './call.ts'
import type { Sim } from '../sim.ts'

/** Which service behind api.machines.dev answers: their error bodies differ (see fail-auth in http/auth.ts). */
export type Family = 'apps' | 'machines' | 'platform'

export type Route = {
  /** Stable name, used by faults, the call log and the fidelity table: `machines.create`. */
  operation: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/v1/apps/:app/machines` */
  path: string
  family: Family
  /** No token needed. */
  open?: boolean
  /** A write to a machine that a lease held by somebody else forbids. */
  leased?: boolean
  handle: (sim: Sim, call: Call) => Answer | Promise<Answer>
}

type Node = {
  literal: Map<string, Node>
  parameter: { name: string; node: Node } | null
  routes: Map<string, Route>
}

const emptyNode = (): Node => ({ literal: new Map(), parameter: null, routes: new Map() })

export type Match = { route: Route; params: Record<string, string> }

/** Finds the route of a path in one walk over its segments. */
export class Router {
  readonly #root = emptyNode()

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route)
  }

  #add(route: Route): void {
    let node = this.#root
    for (const segment of route.path.split('/').slice(1)) {
      if (segment.startsWith(':')) {
        node.parameter ??= { name: segment.slice(1), node: emptyNode() }
        node = node.parameter.node
      } else {
        let next = node.literal.get(segment)
        if (!next) node.literal.set(segment, (next = emptyNode()))
        node = next
      }
    }
    node.routes.set(route.method, route)
  }

  /** null: unknown path; `route` null with a known path: the method is not allowed there. */
  find(method: string, path: string): Match | 'method_not_allowed' | null {
    const params: Record<string, string> = {}
    let node = this.#root
    for (const segment of path.split('/').slice(1)) {
      const literal = node.literal.get(segment)
      if (literal) {
        node = literal
      } else if (node.parameter && segment !== '') {
        params[node.parameter.name] = decode(segment)
        node = node.parameter.node
      } else {
        return null
      }
    }
    if (node.routes.size === 0) return null
    const route = node.routes.get(method)
    return route ? { route, params } : 'method_not_allowed'
  }
}

function decode(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
