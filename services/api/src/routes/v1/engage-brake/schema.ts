import { reasonedBody } from '../fields.ts'

export const engageBrakeBody = reasonedBody
