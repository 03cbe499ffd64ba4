/**
 * What differs on Fly from what Hangar wants there, field by field, and what is done about it. Pure, so that the
 * engine and the dry run say the same.
 *
 * `correct`: plan() puts it right. `report`: written down and told, never acted on. What divides them: a machine that
 * is missing, down, of the wrong size or one too many is not the service that is paid for, or is paid for twice. All
 * else would take an update of the machine, which restarts it in the middle of its trades, to change what nobody may
 * miss; and a setting that was changed here would restart every machine of the fleet. Each update that Hangar makes
 * for another reason writes the whole configuration, which ends what was reported.
 */
import { type Guest, sameGuest } from './lifecycle.ts'
import { chooseMachine, isRunning, present } from './machine-states.ts'
import type { MachineFacts } from './world.ts'

export const DRIFT_POLICY = {
  machine: 'correct',
  state: 'correct',
  guest: 'correct',
  extra_machines: 'correct',
  image: 'report',
  env: 'report',
  restart: 'report',
  stop_config: 'report',
  services: 'report',
  checks: 'report',
  metadata: 'report',
  auto_destroy: 'report',
  other: 'report',
} as const satisfies Record<string, 'correct' | 'report'>

export type DriftPart = keyof typeof DRIFT_POLICY
/** `field` is the part, or the part and a key in it: `env.PORT`. Null: nothing there. */
export type DriftField = { field: string; want: string | null; have: string | null }

/** A machine's configuration as far as it is compared, in Fly's own names. */
export type MachineSettings = {
  image?: string
  env?: Record<string, string>
  restart?: object
  stop_config?: object
  services?: readonly object[]
  checks?: Record<string, object>
  metadata?: Record<string, string>
  auto_destroy?: boolean
}

export type WantedMachine = { machineId: string | null; guest: Guest; settings: MachineSettings }
/** `settings` is null where Fly could not tell, as with an unreachable host. */
export type SeenMachine = MachineFacts & { settings: MachineSettings | null }

/** Everything that differs, in a fixed order. Null: too little is known to compare. */
export function driftOf(wanted: WantedMachine, seen: readonly SeenMachine[]): DriftField[] | null {
  const machines = present(seen)
  const machine = chooseMachine(machines, wanted.machineId)
  const extra = machines.filter((other) => other !== machine).map((other) => other.id)
  const tooMany = extra.length > 0 ? [differs('extra_machines', null, extra.sort().join(', '))] : []
  if (!machine) return [differs('machine', 'one', null), ...tooMany]
  if (!machine.settings || !machine.guest) return null
  return [
    ...(isRunning(machine) ? [] : [differs('state', 'started', machine.state)]),
    ...(sameGuest(machine.guest, wanted.guest)
      ? []
      : [differs('guest', guestText(wanted.guest), guestText(machine.guest))]),
    ...tooMany,
    ...settingsDrift(wanted.settings, machine.settings),
  ]
}

export function policyOf({ field }: DriftField): 'correct' | 'report' {
  return DRIFT_POLICY[field.split('.')[0] as DriftPart]
}

function settingsDrift(want: MachineSettings, have: MachineSettings): DriftField[] {
  return [
    ...(sameImage(want.image, have.image) ? [] : [differs('image', want.image, have.image)]),
    ...envDrift(want.env ?? {}, have.env ?? {}),
    ...part('restart', want.restart, have.restart),
    ...part('stop_config', want.stop_config, have.stop_config),
    ...servicesDrift(have.services ?? []),
    ...checksDrift(want.checks ?? {}, have.checks ?? {}),
    ...metadataDrift(want.metadata ?? {}, have.metadata ?? {}),
    ...(have.auto_destroy === true ? [differs('auto_destroy', 'false', 'true')] : []),
    ...otherDrift(have),
  ]
}

/** A tag that Fly shows with the digest it stood for is the same image. */
function sameImage(want: string | undefined, have: string | undefined): boolean {
  return want === have || (want !== undefined && have?.startsWith(`${want}@`) === true)
}

/** Values are shown of our own keys only, none of which is a secret; what somebody added by hand may be one. */
function envDrift(want: Record<string, string>, have: Record<string, string>): DriftField[] {
  return changedKeys(want, have).map((key) => {
    const shown = key in want ? have[key] : HIDDEN
    return differs('env', want[key], shown === undefined ? null : shown.slice(0, LONGEST_VALUE), key)
  })
}
const HIDDEN = '(value not shown)'
const LONGEST_VALUE = 200

/** There is no public address, so that nothing reaches the app and nothing stops it when idle. */
function servicesDrift(have: readonly object[]): DriftField[] {
  return have.length === 0 ? [] : [differs('services', null, text(have))]
}

function checksDrift(want: Record<string, object>, have: Record<string, object>): DriftField[] {
  const names = [...new Set([...Object.keys(want), ...Object.keys(have)])].sort()
  return names.flatMap((name) => part('checks', want[name], have[name], name))
}

/** Our own marks, and those by which `fly deploy` would take the machine over; other marks are anybody's to make. */
function metadataDrift(want: Record<string, string>, have: Record<string, string>): DriftField[] {
  return changedKeys(want, have)
    .filter((key) => key in want || TAKEN_OVER.has(key))
    .map((key) => differs('metadata', want[key], have[key], key))
}
const TAKEN_OVER = new Set(['fly_platform_version', 'fly_process_group'])

/** Parts that Hangar leaves empty, by name only: a file may hold a secret. */
function otherDrift(have: object): DriftField[] {
  const entries = Object.entries(have).filter(([name, value]) => LEFT_EMPTY.has(name) && !isEmpty(value))
  return entries.length === 0
    ? []
    : [
        differs(
          'other',
          null,
          entries
            .map(([name]) => name)
            .sort()
            .join(', '),
        ),
      ]
}
const LEFT_EMPTY = new Set([
  ...['init', 'files', 'processes', 'containers', 'schedule', 'standbys', 'mounts', 'statics'],
])

function isEmpty(value: unknown): boolean {
  if (typeof value !== 'object' || value === null)
    return value === undefined || value === null || value === ''
  return Object.values(value).every(isEmpty)
}

/** Compares what is wanted of a part; what Fly adds of itself is no drift. */
function part(
  name: DriftPart,
  want: object | undefined,
  have: object | undefined,
  key?: string,
): DriftField[] {
  if (want && have && agrees(want, have)) return []
  if (!want && !have) return []
  return [differs(name, want && text(want), have && text(have), key)]
}

function agrees(want: unknown, have: unknown): boolean {
  if (typeof want === 'object' && want !== null && typeof have === 'object' && have !== null)
    return Object.entries(want).every(([key, value]) => agrees(value, (have as Record<string, unknown>)[key]))
  return want === have || (durationMs(want) !== null && durationMs(want) === durationMs(have))
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }

/** Go writes the same time in many ways: 65s, 1m5s, 1m5.0s, or as a number of nanoseconds. */
function durationMs(value: unknown): number | null {
  if (typeof value === 'number') return value / 1e6
  if (typeof value !== 'string' || !/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(value)) return null
  const parts = [...value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)]
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0), 0)
}

function changedKeys(want: Record<string, string>, have: Record<string, string>): string[] {
  const keys = [...new Set([...Object.keys(want), ...Object.keys(have)])].sort()
  return keys.filter((key) => want[key] !== have[key])
}

function differs(part: DriftPart, want?: string | null, have?: string | null, key?: string): DriftField {
  return { field: key === undefined ? part : `${part}.${key}`, want: want ?? null, have: have ?? null }
}

function text(value: object): string {
  return JSON.stringify(value).slice(0, LONGEST_VALUE)
}

function guestText({ cpuKind, cpus, memoryMb }: Guest): string {
  return `${cpus} ${cpuKind} CPUs, ${memoryMb} MB`
}
