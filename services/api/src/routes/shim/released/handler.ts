import { confirmReleased } from '@hangar/db'
import { defineSharedRoute } from '../shared-caller.ts'
import { OK, okAnswer } from '../fields.ts'
import { releasedBody } from './schema.ts'

/** Their apps ask every few seconds while they wait, so nobody has to be woken. */
export const released = defineSharedRoute({
  method: 'post',
  path: '/shim/v1/placement/released',
  summary: "The shared backend has stopped these users' traders",
  description: 'Safe to repeat; for a user who has moved on meanwhile it does nothing.',
  reads: { body: releasedBody },
  answers: { 200: okAnswer },
  handle: async ({ body }, { deps }) => {
    await confirmReleased(
      deps.db,
      body.released.map(({ user_id: userId, move }) => ({ userId, move })),
    )
    return { status: 200, body: OK }
  },
})
