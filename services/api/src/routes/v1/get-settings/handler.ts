import { readSettings } from '@hangar/db'
import { defineRoute } from '../../../http/route.ts'
import { settingsAnswer, viewSettings } from '../change-settings/schema.ts'

export const getSettings = defineRoute({
  method: 'get',
  path: '/v1/settings',
  access: 'viewer',
  summary: 'What holds for the whole fleet now',
  description: 'What nobody has changed has its default.',
  answers: { 200: settingsAnswer },
  handle: async (_input, { deps }) => ({ status: 200, body: viewSettings(await readSettings(deps.db)) }),
})
