import { type Answer, ApiError } from '../http/answer.ts'
import type { Route } from '../http/router.ts'

/**
 * Calls that Fly's OpenAPI file has and the stand-in does not: 501 with words, so that nobody takes them for missing
 * on Fly. Listed in docs/fidelity.md.
 */
export const NOT_MODELLED: readonly (readonly [Route['method'], string])[] = [
  ['GET', '/v1/apps/:app/certificates'],
  ['POST', '/v1/apps/:app/certificates/acme'],
  ['POST', '/v1/apps/:app/certificates/custom'],
  ['GET', '/v1/apps/:app/certificates/:hostname'],
  ['DELETE', '/v1/apps/:app/certificates/:hostname'],
  ['DELETE', '/v1/apps/:app/certificates/:hostname/acme'],
  ['POST', '/v1/apps/:app/certificates/:hostname/check'],
  ['DELETE', '/v1/apps/:app/certificates/:hostname/custom'],
  ['GET', '/v1/apps/:app/machines/:machine/memory'],
  ['PUT', '/v1/apps/:app/machines/:machine/memory'],
  ['POST', '/v1/apps/:app/machines/:machine/memory/reclaim'],
  ['GET', '/v1/apps/:app/secretkeys'],
  ['GET', '/v1/apps/:app/secretkeys/:secret'],
  ['POST', '/v1/apps/:app/secretkeys/:secret'],
  ['DELETE', '/v1/apps/:app/secretkeys/:secret'],
  ['POST', '/v1/apps/:app/secretkeys/:secret/decrypt'],
  ['POST', '/v1/apps/:app/secretkeys/:secret/encrypt'],
  ['POST', '/v1/apps/:app/secretkeys/:secret/generate'],
  ['POST', '/v1/apps/:app/secretkeys/:secret/sign'],
  ['POST', '/v1/apps/:app/secretkeys/:secret/verify'],
  ['GET', '/v1/apps/:app/volumes/:volume/snapshots'],
  ['POST', '/v1/apps/:app/volumes/:volume/snapshots'],
  ['GET', '/v1/postgres'],
  ['POST', '/v1/postgres'],
  ['GET', '/v1/postgres/:cluster'],
  ['DELETE', '/v1/postgres/:cluster'],
  ['POST', '/v1/postgres/:cluster/attachments'],
  ['DELETE', '/v1/postgres/:cluster/attachments/:app'],
  ['GET', '/v1/postgres/:cluster/backups'],
  ['POST', '/v1/postgres/:cluster/backups'],
  ['GET', '/v1/postgres/:cluster/databases'],
  ['POST', '/v1/postgres/:cluster/databases'],
  ['DELETE', '/v1/postgres/:cluster/databases/:database'],
  ['GET', '/v1/postgres/:cluster/databases/:database/extensions'],
  ['POST', '/v1/postgres/:cluster/databases/:database/extensions'],
  ['DELETE', '/v1/postgres/:cluster/databases/:database/extensions/:extension'],
  ['POST', '/v1/postgres/:cluster/fork'],
  ['POST', '/v1/postgres/:cluster/restore'],
  ['GET', '/v1/postgres/:cluster/users'],
  ['POST', '/v1/postgres/:cluster/users'],
  ['DELETE', '/v1/postgres/:cluster/users/:username'],
  ['PATCH', '/v1/postgres/:cluster/users/:username'],
  ['GET', '/v1/postgres/:cluster/users/:username/credentials'],
  ['POST', '/v1/postgres/:cluster/users/:username/rotate_password'],
  ['POST', '/v1/tokens/authenticate'],
  ['POST', '/v1/tokens/authorize'],
  ['POST', '/v1/tokens/kms'],
  ['POST', '/v1/tokens/oidc'],
]

const refuse = (): Answer => {
  throw new ApiError(501, 'fly-sim does not model this call of the Machines API; see docs/fidelity.md')
}

export const notModelledRoutes: Route[] = NOT_MODELLED.map(([method, path]) => ({
  operation: 'not_modelled',
  method,
  path,
  family: 'platform',
  handle: refuse,
}))
