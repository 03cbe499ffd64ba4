import { HangarError } from '@hangar/core'
import { findInspection } from '@hangar/db'
import { z } from 'zod'
import { defineRoute } from '../../../http/route.ts'
import { inspectionAnswer, viewInspection } from '../../../work/ask-worker.ts'

export const getInspection = defineRoute({
  method: 'get',
  path: '/v1/inspections/:id',
  access: 'viewer',
  summary: 'A dry run that was asked for within the last day, answered or not',
  reads: { path: z.object({ id: z.guid().toLowerCase() }) },
  answers: { 200: inspectionAnswer },
  problems: ['not_found'],
  handle: async ({ path: { id } }, { deps }) => {
    const asked = await findInspection(deps.db, id)
    if (!asked) throw new HangarError('not_found')
    return { status: 200, body: viewInspection(asked) }
  },
})
