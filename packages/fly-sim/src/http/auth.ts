import type { Sim } from '../sim.ts'
import type { App, Token } from '../world/types.ts'
import type { Answer } from './answer.ts'
import type { Family } from './router.ts'

/** The token of an Authorization header; `Bearer x` and `FlyV1 x` are both in use. null: none, unknown or expired. */
export function tokenOf(sim: Sim, header: string | undefined): Token | null {
  if (header === undefined) return null
  const value = header.replace(/^(?:Bearer|FlyV1)\s+/iu, '').trim()
  // `fly tokens create` prints values that begin with the scheme themselves.
  const token = sim.world.tokens.get(value) ?? sim.world.tokens.get(header.trim())
  if (!token) return null
  if (token.expiresAtMs !== null && token.expiresAtMs <= sim.clock.nowMs()) return null
  return token
}

export const grantsOrg = (token: Token, orgSlug: string) =>
  token.app === null && (token.orgs === null || token.orgs.includes(orgSlug))

export const grantsApp = (token: Token, app: App) =>
  token.app === null ? token.orgs === null || token.orgs.includes(app.orgSlug) : token.app === app.name

/** The services behind api.machines.dev word this differently (measured by a third party). */
export function unauthorized(family: Family): Answer {
  return family === 'apps'
    ? { status: 401, json: { message: 'Unauthorized' } }
    : { status: 401, json: { error: 'Authenticate: token validation error' } }
}
