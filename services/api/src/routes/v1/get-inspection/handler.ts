import { HangarError } from '@hangar/core'
import { findInspection } from '@hangar/db'
import { z } from 'zod'
import { defineRoute } from '../../../http/route.ts'
import { viewInspection } from '../../../work/ask-worker.ts'

/** `GET /v1/inspections/{id}`: a dry run that was asked for within the last day, answered or not. */
export const getInspection = defineRoute({
  method: 'get',
  path: '/v1/inspections/:id',
  access: 'viewer',
  reads: { path: z.object({ id: z.guid().toLowerCase() }) },
  handle: async ({ path: { id } }, { deps }) => {
    const asked = await findInspection(deps.db, id)
    if (!asked) throw new HangarError('not_found')
    return { status: 200, body: viewInspection(asked) }
  },
})
