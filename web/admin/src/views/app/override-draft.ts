/** An override while it is being written: texts, as they stand in the fields. */
import type { User } from './queries.ts'

export type Override = NonNullable<User['override']>

export type Draft = {
  desired: Override['desired']
  cpuKind: 'shared' | 'performance'
  cpus: string
  memoryMb: string
  region: string
  /** In the browser's own time, to the minute. */
  expiresAt: string
}

export const DESIRED = [
  ['paused', 'Paused: nothing is done, whatever changes'],
  ['on', 'On: an app, whatever the subscription says'],
  ['off', 'Off: no app, whatever the subscription says'],
] as const

export const CPU_KINDS = [
  ['shared', 'Shared'],
  ['performance', 'Performance'],
] as const

export function draftOf({ override }: Pick<User, 'override'>): Draft {
  return {
    desired: override?.desired ?? 'paused',
    cpuKind: override?.guest?.cpuKind ?? 'shared',
    cpus: textOf(override?.guest?.cpus),
    memoryMb: textOf(override?.guest?.memoryMb),
    region: override?.region ?? '',
    expiresAt: localText(override?.expires_at ?? null),
  }
}

const textOf = (value: number | undefined): string => (value === undefined ? '' : String(value))

/** As a field of type datetime-local has it. */
function localText(at: string | null): string {
  if (at === null) return ''
  const time = new Date(at)
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** The first thing that is wrong. */
export function problemOf(draft: Draft, nowMs: number): string | undefined {
  if ((draft.cpus === '') !== (draft.memoryMb === '')) return 'CPUs and memory go together.'
  if (draft.region !== '' && !/^[a-z]{3}$/.test(draft.region)) return 'A region is three small letters.'
  if (draft.expiresAt !== '' && Date.parse(draft.expiresAt) <= nowMs) return 'Its end is in the past.'
  return undefined
}

/** `before` is the override that was opened: what is not changed of it stays to the second. */
export function requestOf(draft: Draft, before: Override | null) {
  const sized = draft.desired === 'on' && draft.cpus !== ''
  const guest = { cpuKind: draft.cpuKind, cpus: Number(draft.cpus), memoryMb: Number(draft.memoryMb) }
  const expiresAt = expiryOf(draft, before)
  return {
    desired: draft.desired,
    ...(sized ? { guest } : {}),
    ...(draft.desired === 'on' && draft.region !== '' ? { region: draft.region } : {}),
    ...(expiresAt === null ? {} : { expires_at: expiresAt }),
  }
}

function expiryOf({ expiresAt }: Draft, before: Override | null): string | null {
  if (expiresAt === '') return null
  if (before !== null && expiresAt === localText(before.expires_at)) return before.expires_at
  return new Date(expiresAt).toISOString()
}

type Named = { user_id: string; email: string | null; app: { fly_app_name: string } | null }

/** What an act upon this user is about: their app, or else they themselves. */
export const nameOf = (user: Named): string => user.app?.fly_app_name ?? user.email ?? user.user_id

/** Off takes an app away as surely as a teardown does, and is typed like one. */
export function wordFor(desired: Draft['desired'], user: Named): string | undefined {
  return desired === 'off' ? nameOf(user) : undefined
}
