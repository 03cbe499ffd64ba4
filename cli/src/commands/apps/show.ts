import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { answer } from '../../http/client.ts'
import { findUserId } from '../../http/find-user.ts'
import type { components, operations } from '../../http/schema.generated.ts'
import { countBetween, type DirectOption, takesDirect, withExamples } from '../../options.ts'
import type { Human } from '../../output/output.ts'
import { colourOf } from '../../output/paint.ts'
import { renderFields } from '../../output/table.ts'
import { usd, when } from '../../output/words.ts'
import { renderEvents } from '../events.ts'

export type UserView = operations['get-v1-apps-userId']['responses'][200]['content']['application/json']
type AppEvent = components['schemas']['AppEvent']

export function registerShow(apps: Command, context: Context): void {
  const command = apps
    .command('show')
    .description('one user: what they should have and why, what they have, what comes next, what happened')
    .argument('<user>', "the user's id, mail address, or app's name")
    .option('--events <count>', 'how many of the last events', countBetween(0, 200), 10)
    .action(async (user: string, options: DirectOption & { events: number }) => {
      if (options.direct === true) {
        const { showDirectly } = await import('../../direct/apps.ts')
        return showDirectly(context, user, options.events)
      }
      const api = context.api()
      const userId = await findUserId(api, user)
      const path = { userId }
      const view = await answer(api.GET('/v1/apps/{userId}', { params: { path } }))
      const query = { limit: Math.max(1, options.events) }
      const { items } = await answer(api.GET('/v1/apps/{userId}/events', { params: { path, query } }))
      const events = items.slice(0, options.events)
      context.output.result({ ...view, events }, (how) => renderUser(view, events, how))
    })
  takesDirect(command)
  withExamples(
    command,
    'hangar apps show ada@example.com',
    'hangar apps show vyx-user-24rufjzk --events 50',
    'hangar apps show 3f1c9f3e-6f0b-4f43-9f7e-0f6f0a2d1c55 --json',
  )
}

function renderUser(view: UserView, events: readonly AppEvent[], how: Human): string {
  const { app, work, why, next, differences, alerts } = view
  const parts = [
    renderFields(
      [
        ['user', view.user_id],
        ['email', view.email],
        [
          'subscription',
          view.subscription && `${view.subscription.tier ?? '-'}, ${view.subscription.status ?? '-'}`,
        ],
        ['entitled', `${view.entitlement.kind}: ${view.entitlement.reason}`],
        ['override', view.override && `${view.override.desired}: ${view.override.reason}`],
        ['why', why.text],
        ['next', next.at === null ? next.text : `${next.text} (${when(next.at)})`],
        ['work', `version ${work.done_version} of ${work.wanted_version}${work.running ? ', running' : ''}`],
        ...(work.failed_reason === null ? [] : ([['failed', work.failed_reason]] as const)),
        ['traders on', view.placement.runs_on],
        ['cost this month', usd(view.cost.month_usd)],
      ],
      how.paint,
    ),
    app === null ? 'No app.' : renderApp(app, how),
  ]
  if (differences.length > 0)
    parts.push(
      differences
        .map((one) => `differs: ${one.field} is ${one.observed ?? '-'}, should be ${one.desired ?? '-'}`)
        .join('\n'),
    )
  for (const alert of alerts)
    parts.push(
      how.paint(colourOf(alert.severity) ?? 'bold', `alert ${alert.id} ${alert.kind}: ${alert.message}`),
    )
  if (events.length > 0) parts.push(renderEvents(events, how))
  return parts.join('\n\n')
}

function renderApp(app: NonNullable<UserView['app']>, how: Human): string {
  const size = `${app.cpus} ${app.cpu_kind} CPUs, ${app.memory_mb} MB in ${app.region}`
  return renderFields(
    [
      ['app', `${app.fly_app_name} (generation ${app.generation})`],
      [
        'status',
        app.error_code === null ? app.status : `${app.status}: ${app.error_code} ${app.error_message ?? ''}`,
      ],
      ['health', `${app.health_status}, looked at ${when(app.last_health_check)}`],
      ['machine', `${app.fly_machine_id ?? '-'}, ${size}`],
      ['image', app.image],
      ['USD/month', usd(app.monthly_cost_estimate_usd)],
      ['since', when(app.created_at)],
    ],
    how.paint,
  )
}
