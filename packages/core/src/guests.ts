import type { Guest } from './lifecycle.ts'

/**
 * What Fly accepts as a machine size. Per CPU 256 to 2048 MB (shared) or 2048 to 8192 MB (performance), in
 * multiples of 256 MB. Source: constants and presets in github superfly/fly-go, machine_types.go, 2026-08.
 */
const LIMITS = {
  shared: { cpus: [1, 2, 4, 6, 8], minMbPerCpu: 256, maxMbPerCpu: 2048 },
  performance: { cpus: [1, 2, 4, 6, 8, 10, 12, 14, 16], minMbPerCpu: 2048, maxMbPerCpu: 8192 },
} as const

/** Everything that is wrong with `guest`, as sentences; empty when Fly would take it. */
export function guestProblems(guest: Guest): string[] {
  const limits = LIMITS[guest.cpuKind]
  const problems: string[] = []
  if (!(limits.cpus as readonly number[]).includes(guest.cpus))
    problems.push(`${guest.cpuKind} machines have ${limits.cpus.join(', ')} CPUs, not ${guest.cpus}`)
  if (guest.memoryMb % 256 !== 0) problems.push(`memory comes in steps of 256 MB, not ${guest.memoryMb}`)
  const minMb = guest.cpus * limits.minMbPerCpu
  const maxMb = guest.cpus * limits.maxMbPerCpu
  if (guest.memoryMb < minMb || guest.memoryMb > maxMb)
    problems.push(`${guest.cpus} ${guest.cpuKind} CPUs take ${minMb} to ${maxMb} MB, not ${guest.memoryMb}`)
  return problems
}
