/** Every setting and the values it may have: wide enough for any fleet, too narrow for a slip of the hand. */
import type { Settings, SettingName } from '@hangar/db'
import { z } from 'zod'
import { actionBody } from '../fields.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS

const least = z.number().int().min(1).max(100_000)
const share = z.number().min(0).max(1)

/** Exhaustive: a setting or a field of one that is missing here does not compile. */
const FIELDS = {
  teardownBurst: { least, share, windowMs: z.number().int().min(MINUTE_MS).max(DAY_MS) },
  unhealthyShare: { least, share },
  orphans: {
    graceMs: z
      .number()
      .int()
      .min(MINUTE_MS)
      .max(30 * DAY_MS),
    lagMs: z.number().int().min(10_000).max(DAY_MS),
  },
  health: { noCyclesMs: z.number().int().min(MINUTE_MS).max(DAY_MS) },
  budget: {
    monthlyUsd: z
      .string()
      .regex(/^(?!0+(\.0+)?$)\d{1,9}(\.\d{1,2})?$/)
      .nullable(),
  },
} satisfies { [Name in SettingName]: { [Field in keyof Settings[Name]]: z.ZodType<Settings[Name][Field]> } }

const NAMES = Object.keys(FIELDS) as SettingName[]

/** `windowMs` is `window_ms` to callers, as all our fields are. */
const toSnake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function renameKeys<T>(object: Record<string, T>, rename: (key: string) => string): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [rename(key), value]))
}

const settings = NAMES.map((name) => {
  const fields: Record<string, z.ZodType> = FIELDS[name]
  return [toSnake(name), z.strictObject(renameKeys(fields, toSnake)).partial().optional()] as const
})

export const settingsAnswer = z
  .strictObject(
    Object.fromEntries(
      NAMES.map((name) => [
        toSnake(name),
        z.strictObject(renameKeys(FIELDS[name] as Record<string, z.ZodType>, toSnake)),
      ]),
    ),
  )
  .meta({ id: 'Settings' })

/** Any part of any setting; what is left out stays as it is. */
export const changeSettingsBody = z
  .strictObject({ ...actionBody.shape, ...Object.fromEntries(settings) })
  .transform(({ reason, dryRun, ...given }) => ({ reason, dryRun, changes: toChanges(given) }))
  .refine(({ changes }) => changes.length > 0, 'names no setting')

export type SettingChange = {
  [Name in SettingName]: { name: Name; value: Partial<Settings[Name]> }
}[SettingName]

function toChanges(given: Record<string, unknown>): SettingChange[] {
  return NAMES.flatMap((name) => {
    const part = (given[toSnake(name)] ?? {}) as Record<string, unknown>
    const fields = Object.keys(FIELDS[name]).filter((field) => part[toSnake(field)] !== undefined)
    if (fields.length === 0) return []
    const value = Object.fromEntries(fields.map((field) => [field, part[toSnake(field)]]))
    return [{ name, value }]
  })
}

export function viewSettings(values: Settings): Record<string, Record<string, unknown>> {
  return renameKeys(
    Object.fromEntries(NAMES.map((name) => [name, renameKeys<unknown>(values[name], toSnake)])),
    toSnake,
  )
}
