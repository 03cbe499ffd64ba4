/** Fields that several /v1 endpoints read and show. Unknown fields are refused: a typo must not pass silently. */
import { APP_STATUSES, BRAKE_NAMES, type CpuKind, HEALTH_STATUSES } from '@hangar/core'
import type { AppRow } from '@hangar/db'
import { z } from 'zod'
import { count, shownAs, time, usd } from '../../http/answer-fields.ts'
import { textField } from '../../http/text-field.ts'

/** Postgres accepts any 128 bits as a uuid, so any are taken; it writes them in lower case. */
export const userIdPath = z.object({ userId: z.guid().toLowerCase() })

export const brakePath = z.object({ name: z.enum(BRAKE_NAMES) })

/** As Fly takes them. */
export const appNameText = z.string().regex(/^[a-z0-9-]{1,62}$/)

/** A bigint that Postgres counts up, as it stands in an address. */
export const idText = z
  .string()
  .regex(/^[1-9]\d{0,15}$/)
  .transform(Number)

export const reason = textField({ max: 500 })

/** `?dryRun=true` or `{"dryRun": true}`: says what would happen, and changes nothing. */
export const dryRunQuery = z.strictObject({
  dryRun: shownAs(z.stringbool(), z.boolean()).default(false),
})
const dryRunField = { dryRun: z.boolean().default(false) }
export const actionBody = z.strictObject({ reason: reason.optional(), ...dryRunField })
/** Of acts that nobody should have to guess the reason of. */
export const reasonedBody = z.strictObject({ reason, ...dryRunField })

/** Against the subscription only with `force`, and `force` only with a reason. */
export const forcibleBody = actionBody
  .extend({ force: z.boolean().default(false) })
  .refine((body) => !body.force || body.reason !== undefined, {
    path: ['reason'],
    message: 'force needs a reason',
  })

const CPU_KINDS = ['shared', 'performance'] as const satisfies readonly CpuKind[]
export const cpuKind = z.enum(CPU_KINDS)
export const appStatus = z.enum(APP_STATUSES)
export const appHealth = z.enum(HEALTH_STATUSES)

/** As Fly takes it, in the engine's own names. */
export const guest = z.strictObject({ cpuKind, cpus: count, memoryMb: count }).meta({ id: 'Guest' })

export const appAnswer = z
  .strictObject({
    id: z.guid(),
    user_id: z.guid(),
    generation: count,
    fly_app_name: z.string(),
    fly_machine_id: z.string().nullable(),
    status: appStatus,
    tier: z.string(),
    region: z.string(),
    image: z.string(),
    cpu_kind: cpuKind,
    cpus: count,
    memory_mb: count,
    health_status: appHealth,
    last_health_check: time.nullable(),
    monthly_cost_estimate_usd: usd.nullable(),
    final_cost_usd: usd.nullable(),
    error_code: z.string().nullable(),
    error_message: z.string().nullable(),
    retry_count: count,
    created_at: time,
    deployed_at: time.nullable(),
    updated_at: time,
    teardown_started_at: time.nullable(),
    deleted_at: time.nullable(),
  })
  .meta({ id: 'App', description: "One generation of a user's app." })

/** An app as the admin API shows it: the row, in the database's own names. */
export function viewApp(app: AppRow) {
  return {
    id: app.id,
    user_id: app.userId,
    generation: app.generation,
    fly_app_name: app.flyAppName,
    fly_machine_id: app.flyMachineId,
    status: app.status,
    tier: app.tier,
    region: app.region,
    image: app.image,
    cpu_kind: app.cpuKind,
    cpus: app.cpus,
    memory_mb: app.memoryMb,
    health_status: app.healthStatus,
    last_health_check: app.lastHealthCheck,
    monthly_cost_estimate_usd: app.monthlyCostEstimateUsd,
    final_cost_usd: app.finalCostUsd,
    error_code: app.errorCode,
    error_message: app.errorMessage,
    retry_count: app.retryCount,
    created_at: app.createdAt,
    deployed_at: app.deployedAt,
    updated_at: app.updatedAt,
    teardown_started_at: app.teardownStartedAt,
    deleted_at: app.deletedAt,
  }
}
