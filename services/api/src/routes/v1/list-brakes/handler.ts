import { countHeld, listBrakes } from '@hangar/db'
import { z } from 'zod'
import { defineRoute } from '../../../http/route.ts'
import { brakeAnswer, viewBrake } from '../../../work/change-brake.ts'

export const listBrakesRoute = defineRoute({
  method: 'get',
  path: '/v1/brakes',
  access: 'viewer',
  summary: 'Each brake, whether it is engaged and why, whom it holds, and what releases it',
  answers: { 200: z.strictObject({ items: z.array(brakeAnswer) }) },
  handle: async (_input, { deps }) => {
    const held = await countHeld(deps.db)
    const brakes = await listBrakes(deps.db)
    return { status: 200, body: { items: brakes.map((brake) => viewBrake(brake, held[brake.name])) } }
  },
})
