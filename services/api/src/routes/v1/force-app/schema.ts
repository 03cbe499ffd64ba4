import { FORCED_ACTIONS } from '@hangar/core'
import { z } from 'zod'
import { actionBody, reason } from '../fields.ts'

export const forceBody = actionBody.extend({ action: z.enum(FORCED_ACTIONS), reason })
