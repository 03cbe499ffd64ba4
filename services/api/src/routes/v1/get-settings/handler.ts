import { readSettings } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { viewSettings } from '../change-settings/schema.ts'

/** `GET /v1/settings`: what holds for the whole fleet now; what nobody has changed has its default. */
export const getSettings = defineRoute({
  method: 'get',
  path: '/v1/settings',
  access: 'viewer',
  handle: async (_input, { deps }) => ({ status: 200, body: viewSettings(await readSettings(deps.db)) }),
})
