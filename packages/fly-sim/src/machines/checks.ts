import type { Sim } from '../sim.ts'
import type { CheckConfig, Machine, MachineConfig } from '../world/types.ts'
import { targetOf } from './target.ts'

export type CheckView = { name: string; status: string; output: string; updated_at: string }

/** Names of all checks of a config; service-level ones begin with `servicecheck-`, as on Fly. */
export function checkNames(config: MachineConfig): [string, CheckConfig][] {
  const own = Object.entries(config.checks ?? {})
  const ofServices = (config.services ?? []).flatMap((service, s) =>
    (service.checks ?? []).map((check, c): [string, CheckConfig] => {
      const port = check.port ?? service.internal_port ?? 0
      return [
        `servicecheck-${String(s).padStart(2, '0')}-${check.type ?? 'tcp'}-${port}${c === 0 ? '' : `-${c}`}`,
        { ...check, port },
      ]
    }),
  )
  return ofServices.length === 0 ? own : [...own, ...ofServices]
}

/** Empty just after a launch: results come when the first round of checks is over. */
export function checksOf(sim: Sim, machine: Machine): CheckView[] {
  const names = checkNames(machine.config)
  if (names.length === 0 || machine.startedAtMs === null) return []
  const target = targetOf(machine)
  if (sim.faults.size > 0 && sim.faults.holds('checks_missing', target)) return []
  const forced = forcedStatus(sim, machine)
  const runner = sim.lifecycle.runner(machine)
  const startedAtMs = machine.startedAtMs
  const { checksMs } = sim.delays
  return names.flatMap(([name]): CheckView[] => {
    const real = runner.checkResult(machine, name)
    if (real === 'none_yet') return []
    if (real !== null && forced === null) return [view(name, real.status, real.output, real.updatedAtMs)]
    // A range counts by its end, so that reading twice gives the same answer.
    const firstAtMs = startedAtMs + (typeof checksMs === 'number' ? checksMs : checksMs[1])
    if (sim.clock.nowMs() < firstAtMs) return []
    return [view(name, forced ?? 'passing', forced === null ? 'Success' : `injected: ${forced}`, firstAtMs)]
  })
}

const view = (name: string, status: string, output: string, updatedAtMs: number): CheckView => ({
  name,
  status,
  output,
  updated_at: new Date(updatedAtMs).toISOString(),
})

function forcedStatus(sim: Sim, machine: Machine): 'critical' | 'warning' | null {
  if (sim.faults.size === 0) return null
  if (sim.faults.holds('checks_critical', targetOf(machine))) return 'critical'
  return sim.faults.holds('checks_warning', targetOf(machine)) ? 'warning' : null
}
