/**
 * Questions that only a worker can answer, because only workers talk to Fly. The question is a row, the job says
 * which; the answer is waited for a few seconds, and can be fetched later.
 */
import { randomUUID } from 'node:crypto'
import { HangarError } from '@hangar/core'
import {
  type DoctorQuestion,
  findInspection,
  insertInspection,
  type InspectionRow,
  type Question,
} from '@hangar/db'
import { assertRedisReady, withinMs } from '@hangar/jobs'
import { z } from 'zod'
import type { Caller } from '../auth/caller.ts'
import { anyFields, time } from '../http/answer-fields.ts'
import type { RequestContext } from '../http/route.ts'

const QUEUE_TIMEOUT_MS = 1_000
/** Between two looks; each is twice as long as the one before, so that five seconds take eight looks. */
const FIRST_PAUSE_MS = 20

/** The row as it is when it was answered, or when `inspectWaitMs` was over. Throws `redis_unavailable`. */
export async function askWorker(
  userId: string | null,
  question: Question | DoctorQuestion,
  { deps, caller }: RequestContext & { caller: Caller },
): Promise<InspectionRow> {
  const { db, queues, clock, inspectWaitMs } = deps
  assertRedisReady(queues.redis)
  const id = randomUUID()
  await insertInspection(db, { id, userId, question, requestedBy: caller.actor })
  await withinMs(
    queues.inspect.add('inspect', { requestId: id }, { jobId: id }),
    QUEUE_TIMEOUT_MS,
    'the worker was not asked',
  )
  const untilMs = clock.now().getTime() + inspectWaitMs
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
    const asked = await findInspection(db, id)
    if (!asked) throw new Error('a question was forgotten before it was answered')
    const leftMs = untilMs - clock.now().getTime()
    if (asked.doneAt || leftMs <= 0) return asked
    await clock.sleep(Math.min(pauseMs, leftMs))
  }
}

export const inspectionAnswer = z
  .strictObject({
    id: z.guid(),
    user_id: z.guid(),
    state: z.enum(['waiting', 'done']),
    question: anyFields.describe('As things are, or as if this were so.'),
    created_at: time,
    done_at: time.nullable(),
    url: z.string().describe('Where the answer is, or will be.'),
    result: anyFields.nullable().describe('The plan and what it was made from, or `error`.'),
  })
  .meta({ id: 'Inspection' })

/** `state` is `waiting` until a worker has answered; then `result` has the plan, or `error`. */
export function viewInspection(row: InspectionRow): z.output<typeof inspectionAnswer> {
  const { id, userId, question, createdAt, doneAt, result } = row
  // The doctor's, which is answered where it was asked.
  if (userId === null) throw new HangarError('not_found')
  return {
    id,
    user_id: userId,
    state: doneAt ? 'done' : 'waiting',
    question,
    created_at: createdAt,
    done_at: doneAt,
    url: `/v1/inspections/${id}`,
    result,
  }
}
