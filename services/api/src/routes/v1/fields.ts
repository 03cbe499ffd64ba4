/** Fields that several /v1 endpoints read and show. Unknown fields are refused: a typo must not pass silently. */
import { BRAKE_NAMES } from '@hangar/core'
import type { AppRow } from '@hangar/db'
import { z } from 'zod'
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
export const dryRunQuery = z.strictObject({ dryRun: z.stringbool().default(false) })
export const actionBody = z.strictObject({
  reason: reason.optional(),
  dryRun: z.boolean().default(false),
})

/** Against the subscription only with `force`, and `force` only with a reason. */
export const forcibleBody = actionBody
  .extend({ force: z.boolean().default(false) })
  .refine((body) => !body.force || body.reason !== undefined, {
    path: ['reason'],
    message: 'force needs a reason',
  })

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
