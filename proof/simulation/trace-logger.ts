import type { Logger } from '@hangar/runtime'
import type { Scheduler } from './scheduler.ts'
import type { Actor } from './virtual-time.ts'

/** The engine's log lines go into the trace where somebody reads it, and nowhere else. */
export function loggerOf({ trace, time }: Scheduler, actor: Actor): Logger {
  const say = (facts: unknown, message?: string) => {
    if (trace.lines === null) return
    const text = typeof facts === 'string' ? facts : `${message ?? ''} ${factsOf(facts)}`
    trace.remark(time.elapsedMs, actor.name, `· ${text.trim()}`)
  }
  const logger = { trace: say, debug: say, info: say, warn: say, error: say, fatal: say }
  return Object.assign(logger, { child: () => logger, level: 'silent' }) as unknown as Logger
}

function factsOf(facts: unknown): string {
  const plain = (_key: string, value: unknown) =>
    value instanceof Error ? `${value.name}: ${value.message}` : value
  return JSON.stringify(facts, plain)
}
