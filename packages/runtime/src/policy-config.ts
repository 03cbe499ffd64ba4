/**
 * The settings that say who is entitled to what. Every process that decides about a user (api, worker,
 * scheduler) spreads `policyFields` into its own schema, so that they can never read different rules.
 */
import { DEFAULT_APP_PREFIX, DEFAULT_POLICY, type Guest, guestProblems, type Policy } from '@hangar/core'
import { z } from 'zod'

const list = (fallback: readonly string[]) =>
  z
    .string()
    .default(fallback.join(','))
    .transform((text) =>
      text
        .toLowerCase()
        .split(',')
        .map((word) => word.trim())
        .filter(Boolean),
    )

/** `kind:cpus:memoryMb`, for example `shared:2:512`. Refused when Fly would refuse it. */
const guest = (fallback: Guest | undefined) =>
  z
    .string()
    .default(fallback ? `${fallback.cpuKind}:${fallback.cpus}:${fallback.memoryMb}` : '')
    .transform((text, context): Guest => {
      const [cpuKind, cpus, memoryMb] = text.split(':')
      const parsed = { cpuKind: cpuKind as Guest['cpuKind'], cpus: Number(cpus), memoryMb: Number(memoryMb) }
      const wellFormed = /^(shared|performance):\d+:\d+$/.test(text)
      const problems = wellFormed
        ? guestProblems(parsed)
        : ['write it as kind:cpus:memoryMb, for example shared:2:512']
      for (const message of problems) context.addIssue({ code: 'custom', message })
      return parsed
    })

/** The tiers that have a GUEST_… setting below. */
const SIZED_TIERS = ['pro', 'elite']

export const policyFields = {
  PAID_TIERS: list(DEFAULT_POLICY.paidTiers).refine(
    (tiers) => tiers.every((tier) => SIZED_TIERS.includes(tier)),
    `a paid tier needs a machine size, and only ${SIZED_TIERS.join(' and ')} have one`,
  ),
  PAYING_STATUSES: list(DEFAULT_POLICY.payingStatuses),
  ENDED_STATUSES: list(DEFAULT_POLICY.endedStatuses),
  GUEST_PRO: guest(DEFAULT_POLICY.guests['pro']),
  GUEST_ELITE: guest(DEFAULT_POLICY.guests['elite']),
}

/** How apps are called: by the worker, who names them, and the API, which foretells the names. */
export const namingFields = {
  /** Fly allows names of under 63 characters: lower-case letters, digits and dashes. */
  FLY_APP_PREFIX: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,40}$/, 'lower-case letters, digits and dashes, starting with a letter')
    .default(DEFAULT_APP_PREFIX),
}

type PolicyConfig = { [Field in keyof typeof policyFields]: z.output<(typeof policyFields)[Field]> }

export function policyFrom(config: PolicyConfig): Policy {
  return {
    paidTiers: config.PAID_TIERS,
    payingStatuses: config.PAYING_STATUSES,
    endedStatuses: config.ENDED_STATUSES,
    guests: { pro: config.GUEST_PRO, elite: config.GUEST_ELITE },
  }
}
