import { confirmReleased } from '@hangar/db'
import { defineSharedRoute } from '../shared-caller.ts'
import { releasedBody } from './schema.ts'

/**
 * `POST /shim/v1/placement/released`: the shared backend has stopped these users' traders. Their apps ask every few
 * seconds while they wait, so nobody has to be woken.
 */
export const released = defineSharedRoute({
  method: 'post',
  path: '/shim/v1/placement/released',
  reads: { body: releasedBody },
  handle: async ({ body }, { deps }) => {
    await confirmReleased(
      deps.db,
      body.released.map(({ user_id: userId, move }) => ({ userId, move })),
    )
    return { status: 200, body: { ok: true } }
  },
})
