/** What the endpoints about overrides read and show. */
import { type Guest, guestProblems } from '@hangar/core'
import { z } from 'zod'
import type { Caller } from '../../auth/caller.ts'
import { time } from '../../http/answer-fields.ts'
import type { ReplyTo } from '../../http/declaration.ts'
import type { RequestContext } from '../../http/route.ts'
import type { OverrideAnswer } from '../../work/request-override.ts'
import { cpuKind, reason, reasonedBody } from './fields.ts'
import { DESIRED, overrideAnswer, viewOverride } from './override-view.ts'
import { actionAnswer, replyToAction } from './reply.ts'

/** A size that Fly would take. */
const guestBody = z
  .strictObject({ cpuKind, cpus: z.int().min(1).max(64), memoryMb: z.int().min(256).max(1_048_576) })
  .superRefine((size: Guest, context) => {
    for (const message of guestProblems(size)) context.addIssue({ code: 'custom', message })
  })

const expectedField = {
  expected_override_id: z
    .int()
    .nullish()
    .describe('The override that was seen, null for none: refused where it is another by now.'),
}

export const endOverrideBody = reasonedBody.extend(expectedField)

export const overrideBody = z
  .strictObject({
    desired: z
      .enum(DESIRED)
      .describe('`on`, `off`: an app or none, whatever is paid. `paused`: left as it is.'),
    guest: guestBody.optional().describe("The machine's size. Default: what the tier gives."),
    region: z
      .string()
      .regex(/^[a-z]{3}$/, 'three letters, for example iad')
      .optional()
      .describe('Where the next app is made; one that is there stays where it is.'),
    reason,
    expires_at: time.nullish().describe('Until when; without it, until somebody ends it.'),
    dryRun: z.boolean().default(false),
    ...expectedField,
  })
  .refine(({ desired, guest: size, region }) => desired === 'on' || (!size && !region), {
    path: ['desired'],
    message: 'guest and region are for an app that is to be there: desired has to be on',
  })

const overrideActionAnswer = actionAnswer.extend({
  override: overrideAnswer.nullable().describe('What is in force after it, or would be.'),
})

/** Of what is done to an override. */
export const overrideAnswers = {
  200: { description: 'It was so already, or a dry run.', body: overrideActionAnswer },
  202: { description: 'It is so now, and what follows will be done.', body: overrideActionAnswer },
} as const

export async function replyToOverride(
  userId: string,
  { override, ...answer }: OverrideAnswer,
  dryRun: boolean,
  context: RequestContext & { caller: Caller },
): Promise<ReplyTo<typeof overrideAnswers>> {
  const { status, body } = await replyToAction(userId, answer, dryRun, context)
  return { status, body: { ...body, override: override && viewOverride(override) } }
}
