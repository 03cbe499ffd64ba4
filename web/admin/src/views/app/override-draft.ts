/** An override while it is being written: texts, as they stand in the fields. */
import type { User } from './queries.ts'

export type Draft = {
  desired: 'on' | 'off' | 'paused'
  cpus: string
  memoryMb: string
  region: string
  expiresAt: string
  reason: string
}

export const DESIRED = [
  ['paused', 'Paused: nothing is done, whatever changes'],
  ['on', 'On: an app, whatever the subscription says'],
  ['off', 'Off: no app, whatever the subscription says'],
] as const

export function draftOf({ override }: Pick<User, 'override'>): Draft {
  return {
    desired: override?.desired ?? 'paused',
    cpus: textOf(override?.guest?.cpus),
    memoryMb: textOf(override?.guest?.memoryMb),
    region: override?.region ?? '',
    expiresAt: '',
    reason: '',
  }
}

const textOf = (value: number | undefined): string => (value === undefined ? '' : String(value))

/** The first thing that is missing or wrong. */
export function problemOf(draft: Draft): string | undefined {
  if (draft.reason.trim() === '') return 'A reason is needed.'
  if ((draft.cpus === '') !== (draft.memoryMb === '')) return 'CPUs and memory go together.'
  if (draft.region !== '' && !/^[a-z]{3}$/.test(draft.region)) return 'A region is three small letters.'
  return undefined
}

export function requestOf(draft: Draft) {
  const sized = draft.desired === 'on' && draft.cpus !== ''
  return {
    desired: draft.desired,
    reason: draft.reason.trim(),
    ...(sized
      ? { guest: { cpuKind: 'shared' as const, cpus: Number(draft.cpus), memoryMb: Number(draft.memoryMb) } }
      : {}),
    ...(draft.desired === 'on' && draft.region !== '' ? { region: draft.region } : {}),
    ...(draft.expiresAt === '' ? {} : { expires_at: new Date(draft.expiresAt).toISOString() }),
  }
}
