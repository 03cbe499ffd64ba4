import { FORCED_ACTIONS, type ForcedAction } from '@hangar/core'
import { Argument, type Command } from 'commander'
import type { Context } from '../../context.ts'
import { answer } from '../../http/client.ts'
import { findUserId } from '../../http/find-user.ts'
import type { components } from '../../http/schema.generated.ts'
import {
  type ChangeOptions,
  type DirectOption,
  takesChange,
  takesDirect,
  withExamples,
} from '../../options.ts'
import { changeParams } from '../change.ts'

export type ActionResult = Omit<components['schemas']['ActionResult'], 'job_id'>

type ActOptions = ChangeOptions & DirectOption & { force?: boolean; tier?: string }
export type Act =
  | { verb: 'provision' | 'deprovision'; force: boolean; tier?: string | undefined }
  | { verb: 'retry' }
  | { verb: 'force'; action: ForcedAction }

const USER = ['<user>', "the user's id, mail address, or app's name"] as const

export function registerActs(apps: Command, context: Context): void {
  const provision = apps
    .command('provision')
    .description('give the user what their subscription says, now')
    .argument(...USER)
    .option('--force', 'against the subscription; needs --reason, and the role admin')
    .option('--tier <tier>', 'the tier that you believe the user has; with --force the size to give')
    .action((user: string, options: ActOptions) =>
      act(context, user, { verb: 'provision', force: options.force === true, tier: options.tier }, options),
    )
  const deprovision = apps
    .command('deprovision')
    .description('take the app of a user who does not pay away, gracefully')
    .argument(...USER)
    .option('--force', 'of one who pays; needs --reason, and the role admin')
    .action((user: string, options: ActOptions) =>
      act(context, user, { verb: 'deprovision', force: options.force === true }, options),
    )
  const retry = apps
    .command('retry')
    .description('look at the user again now, whatever pause a failure has earned them')
    .argument(...USER)
    .action((user: string, options: ActOptions) => act(context, user, { verb: 'retry' }, options))
  for (const command of [provision, deprovision, retry]) takesDirect(takesChange(command))
  withExamples(
    provision,
    'hangar apps provision ada@example.com --dry-run',
    "hangar apps provision ada@example.com --force --tier pro --reason 'a trial by hand'",
  )
  withExamples(deprovision, "hangar apps deprovision ada@example.com --reason 'asked by mail'")
  withExamples(retry, 'hangar apps retry vyx-user-24rufjzk')
  registerForce(apps, context)
}

function registerForce(apps: Command, context: Context): void {
  const force = apps
    .command('force')
    .description('have done what the engine would not do by itself, on this one generation')
    .argument(...USER)
    .addArgument(
      new Argument(
        '<action>',
        'skip_drain: end it without waiting for it; recreate: end it and make the next; abandon: close the row, leave Fly to the orphan scan',
      ).choices(FORCED_ACTIONS),
    )
    .action((user: string, action: ForcedAction, options: ActOptions) =>
      act(context, user, { verb: 'force', action }, options),
    )
  takesDirect(takesChange(force, { reason: 'needed' }))
  withExamples(force, "hangar apps force vyx-user-24rufjzk skip_drain --reason 'it hangs' --dry-run")
}

async function act(context: Context, user: string, what: Act, options: ActOptions): Promise<void> {
  const result =
    options.direct === true
      ? await directly(context, user, what, options)
      : await overApi(context, user, what, options)
  context.output.result(result, () => sentences(result, what))
}

async function overApi(
  context: Context,
  user: string,
  what: Act,
  options: ActOptions,
): Promise<ActionResult> {
  const api = context.api()
  const userId = await findUserId(api, user)
  const params = { path: { userId }, ...changeParams(options) }
  const reason = options.reason === undefined ? {} : { reason: options.reason }
  switch (what.verb) {
    case 'retry':
      return answer(api.POST('/v1/apps/{userId}/retry', { params, body: reason }))
    case 'deprovision':
      return answer(
        api.POST('/v1/apps/{userId}/deprovision', { params, body: { ...reason, force: what.force } }),
      )
    case 'provision': {
      const tier = what.tier === undefined ? {} : { tier: what.tier }
      const body = { ...reason, ...tier, force: what.force }
      return answer(api.POST('/v1/apps/{userId}/provision', { params, body }))
    }
    case 'force': {
      const body = { reason: options.reason ?? '', action: what.action }
      return answer(api.POST('/v1/apps/{userId}/force', { params, body }))
    }
  }
}

async function directly(
  context: Context,
  user: string,
  what: Act,
  options: ActOptions,
): Promise<ActionResult> {
  const { actDirectly } = await import('../../direct/act.ts')
  return actDirectly(context, user, what, options)
}

const EFFECTS = {
  nothing: 'Nothing is to be done.',
  work: 'A worker is to do it.',
  lift: 'The override that was in the way ends, and a worker is to do it.',
  override: 'An override says so against the subscription, and a worker is to do it.',
} as const

function sentences(result: ActionResult, { verb }: Act): string {
  const app = result.fly_app_name ?? 'no app'
  const before = `${verb} ${result.user_id} (${app}, ${result.status ?? 'none'})`
  const lines = [result.dry_run ? `Dry run, nothing was changed: ${before}` : before, EFFECTS[result.effect]]
  if (result.dry_run && result.effect !== 'nothing') lines.push(...steps(result))
  if (result.wanted_version !== null)
    lines.push(
      `Wanted version ${result.wanted_version}. Follow it: hangar events --user ${result.user_id} --follow`,
    )
  return lines.join('\n')
}

/** What a worker found: `{plan: {steps: [{text}]}}`, of whatever version it is. */
function steps({ inspection }: ActionResult): string[] {
  if (inspection?.state !== 'done') return ['No worker has answered yet what exactly it would do.']
  const plan = (inspection.result as { plan?: { steps?: unknown } } | null)?.plan
  const found = Array.isArray(plan?.steps) ? (plan.steps as { text?: unknown }[]) : []
  const texts = found.flatMap(({ text }) => (typeof text === 'string' ? [`  - ${text}`] : []))
  return texts.length === 0 ? ['Nothing is left to be done on Fly.'] : texts
}
