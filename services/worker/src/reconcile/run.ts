/**
 * Drives one user to what they should have: look, plan, do the steps, look again. Every pass starts from the facts,
 * so a step never has to know what came before it.
 */
import { HangarError, plan } from '@hangar/core'
import { type Attempt, type StepResult, guard } from './attempt.ts'
import { recordDrift } from './drift.ts'
import { observe } from './observe.ts'
import { needsGuard, perform } from './steps/index.ts'
import { comeToRest, renewSecrets, resumeFromError } from './steps/rest.ts'

/** A whole life and the start of the next take seven passes; more than this means two rules disagree. */
const MAX_PASSES = 25

export type RunResult =
  { kind: 'settled'; reason: string } | { kind: 'wait'; delayMs: number; reason: string }

export async function run(attempt: Attempt): Promise<RunResult> {
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const act = () => onePass(attempt)
    const result = await (attempt.deps.instruments?.pass(attempt.userId, act) ?? act())
    if (result) return result
  }
  throw new HangarError('internal', { operator: `no end after ${MAX_PASSES} passes for ${attempt.userId}` })
}

async function onePass(attempt: Attempt): Promise<RunResult | null> {
  const { instruments } = attempt.deps
  const look = () => observe(attempt)
  const seen = await (instruments?.look(look) ?? look())
  const next = plan(seen.world)
  attempt.logger.info(
    {
      status: seen.row?.status ?? 'none',
      app: seen.row?.flyAppName,
      fly: seen.world.fly.kind,
      machines: seen.machines.map((machine) => machine.state),
      entitled: attempt.entitlement.kind,
      plan: next.kind === 'steps' ? next.steps.map((step) => step.kind) : next.kind,
      reason: next.reason,
    },
    'planned',
  )
  if (next.kind === 'settled') {
    if (seen.row) await comeToRest(attempt, seen, seen.row)
    if (seen.row) await renewSecrets(attempt, seen, seen.row)
    if (seen.row) await recordDrift(attempt, seen, seen.row)
    return { kind: 'settled', reason: next.reason }
  }
  if (next.kind === 'wait') return { kind: 'wait', delayMs: next.delayMs, reason: next.reason }
  if (seen.row?.status === 'error') await resumeFromError(attempt, seen, seen.row)
  for (const step of next.steps) {
    if (needsGuard(step) && (await guard(attempt)) === 'replan') return null
    const act = () => perform(attempt, step, seen)
    const about = { attempt, step: step.kind, seen }
    const result: StepResult = await (instruments?.step(about, act) ?? act())
    if (result === 'replan') return null
    if (result === 'settled') return { kind: 'settled', reason: next.reason }
    if (result !== 'next') return { kind: 'wait', delayMs: result.waitMs, reason: result.reason }
  }
  return null
}
