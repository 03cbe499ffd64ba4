import type { ProcessName } from '@hangar/db'
import { z } from 'zod'

/** Every machine on Fly knows its own id (FLY_MACHINE_ID) and says it with each call. */
export const machineHeader = z.object({ 'x-fly-machine-id': z.string().min(1).max(64) })

/** How a process calls itself, be it of the shared backend or of an app. */
export const instanceField = z
  .string()
  .regex(/^[\w.:-]{1,64}$/, 'letters, digits and . _ : - only, 64 at most')

/** A process of an app names itself: another name is another process. Nothing where it does not. */
export const processFields = {
  process_id: instanceField.nullish().describe('Random, made up at each start of the process.'),
  started_at: z.iso.datetime({ offset: true }).nullish().describe('When the process started.'),
}

export function processOf(named: {
  process_id?: string | null | undefined
  started_at?: string | null | undefined
}): { process?: ProcessName } {
  if (named.process_id == null) return {}
  return {
    process: {
      id: named.process_id,
      startedAt: named.started_at == null ? null : new Date(named.started_at),
    },
  }
}

/** What an integer column holds. */
const MAX_COUNT = 2_147_483_647

/** What the calls answer that only report something. */
export const OK = { ok: true } as const
export const okAnswer = z.strictObject({ ok: z.literal(true) })

export const countField = z.number().int().min(0).max(MAX_COUNT)
