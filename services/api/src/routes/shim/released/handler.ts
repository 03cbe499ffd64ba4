import { confirmReleased, partWithSharedBackend } from '@hangar/db'
import { defineSharedRoute } from '../shared-caller.ts'
import { OK, okAnswer } from '../fields.ts'
import { releasedBody } from './schema.ts'

/** Their apps ask every few seconds while they wait, so nobody has to be woken. */
export const released = defineSharedRoute({
  method: 'post',
  path: '/shim/v1/placement/released',
  summary: 'A shared backend has stopped the traders of these users',
  description: 'Safe to repeat; for a user who has moved on meanwhile it does nothing.',
  reads: { body: releasedBody },
  answers: { 200: okAnswer },
  handle: async ({ body }, { deps }) => {
    const { instance, leaving } = body
    const releases = body.released.map(({ user_id: userId, move }) => ({ userId, move }))
    await confirmReleased(deps.db, releases, instance)
    if (leaving && instance !== undefined) await partWithSharedBackend(deps.db, instance)
    return { status: 200, body: OK }
  },
})
