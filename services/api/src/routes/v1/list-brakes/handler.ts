import { countHeld, listBrakes } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { viewBrake } from '../../../work/change-brake.ts'

/** `GET /v1/brakes`: each brake, whether it is engaged and why, whom it holds, and what releases it. */
export const listBrakesRoute = defineRoute({
  method: 'get',
  path: '/v1/brakes',
  access: 'viewer',
  handle: async (_input, { deps }) => {
    const held = await countHeld(deps.db)
    const brakes = await listBrakes(deps.db)
    return { status: 200, body: { items: brakes.map((brake) => viewBrake(brake, held[brake.name])) } }
  },
})
