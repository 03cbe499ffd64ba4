import { z } from 'zod'
import { count, time, usd } from '../../../http/answer-fields.ts'
import { WHY_CODES } from '../../../explain/why.ts'
import { appAnswer, appHealth, guest } from '../fields.ts'
import { overrideAnswer } from '../override-view.ts'
import { alertAnswer } from '../list-alerts/view.ts'

const desired = z
  .strictObject({
    exists: z.boolean().nullable().describe('Null: nobody can say, or it is paused; nothing is done.'),
    tier: z.string().nullable(),
    guest: guest.nullable(),
    region: z.string().nullable(),
    image: z
      .string()
      .nullable()
      .describe('What the app was made with. A new app gets what the workers are set to.'),
  })
  .describe('What the user should have.')

const observed = z
  .strictObject({
    machine: z
      .strictObject({
        id: z.string().nullable(),
        instance_id: z.string().nullable(),
        state: z
          .enum(['running', 'stored'])
          .nullable()
          .describe('By the ledger; null: there is none that costs.'),
        since: time.nullable(),
        guest,
        region: z.string(),
        image: z.string(),
        launched_at: time.nullable(),
        started_at: time.nullable(),
      })
      .nullable(),
    heartbeat: z
      .strictObject({
        at: time.nullable(),
        age_ms: z.number().nullable(),
        running_trader_ids: z.array(z.string()),
        last_cycle_at: time.nullable(),
        buffered_signals: count.nullable(),
        memory_mb: count.nullable(),
        version: z.string().nullable(),
        bootstrapped_at: time.nullable(),
        drained_at: time.nullable(),
        restarted_at: z.array(time).describe('The last few restarts that nobody asked for.'),
      })
      .nullable()
      .describe('What the app said of itself.'),
    health: z
      .strictObject({
        status: appHealth,
        checked_at: time.nullable(),
        failures: count.describe('Looks in a row that found it unhealthy.'),
        message: z.string().nullable().describe('What the last change of its health was.'),
      })
      .nullable(),
  })
  .describe('What is there, as far as it is written down. `GET …/plan` has a worker look at Fly.')

const work = z.strictObject({
  wanted_version: count,
  done_version: count,
  failed_attempts: count,
  failed_reason: z.string().nullable(),
  next_attempt_at: time.nullable(),
  parked_reason: z.string().nullable(),
  lease_expires_at: time.nullable(),
  running: z.boolean().describe('A worker is at it now.'),
})

const why = z
  .strictObject({ code: z.enum(WHY_CODES), text: z.string() })
  .describe('Why things are as they are, for people.')

const next = z
  .strictObject({
    text: z.string(),
    at: time.nullable().describe('Null: at no known time.'),
    steps: z.array(z.string()).describe('The whole way, if every step succeeds.'),
  })
  .describe('What comes next, by the same plan as the engine makes, from what is written down.')

const progress = z
  .strictObject({
    operation: z.enum(['provision', 'deprovision', 'resize', 'repair']),
    steps: z.array(
      z.strictObject({
        name: z.string(),
        state: z.enum(['done', 'running', 'waiting', 'failed']),
        at: time.nullable().describe('When it was done.'),
      }),
    ),
  })
  .nullable()
  .describe('Of the operation under way; null: there is none.')

const placement = z
  .strictObject({
    runs_on: z.enum(['shared', 'moving', 'dedicated']),
    user_fly_app_id: z.guid().nullable(),
    machine_id: z.string().nullable(),
    since: time.nullable(),
    held_until: time.nullable(),
  })
  .describe("Where the user's traders run.")

export const userAnswer = z.strictObject({
  user_id: z.guid(),
  email: z.string().nullable(),
  subscription: z
    .strictObject({ tier: z.string().nullable(), status: z.string().nullable() })
    .nullable()
    .describe("The product's row, as it is now."),
  entitlement: z.strictObject({
    kind: z.enum(['entitled', 'not_entitled', 'unknown']),
    reason: z.string().describe('Which fact decided.'),
  }),
  override: overrideAnswer.nullable().describe("An operator's word, which outranks the tier while it lasts."),
  wanted_version: count,
  app: appAnswer.nullable(),
  previous: z.array(appAnswer).describe('Earlier generations.'),
  work,
  desired,
  observed,
  differences: z
    .array(
      z.strictObject({
        field: z.string(),
        desired: z.string().nullable(),
        observed: z.string().nullable(),
        action: z
          .enum(['correct', 'report'])
          .describe('`correct`: the engine puts it right. `report`: somebody else has to.'),
      }),
    )
    .describe('Where what is there is not what should be.'),
  why,
  next,
  progress,
  placement,
  alerts: z.array(alertAnswer).describe('Open ones about this user.'),
  cost: z.strictObject({
    month_usd: usd.describe("US dollars; what the user's apps have cost in this calendar month (UTC)."),
    monthly_estimate_usd: usd
      .nullable()
      .describe('US dollars; what the live app costs in a month of 30 days.'),
  }),
})
