import { z } from 'zod'
import { pageQuery } from '../../../http/cursor.ts'
import { idText } from '../fields.ts'

export const listBurstApprovalsQuery = z.strictObject(pageQuery(idText))
