/** hangar events: what happened, and what happens. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { EXIT } from '../exit.ts'
import { answer } from '../http/client.ts'
import { askPatiently } from '../http/patience.ts'
import { findUserId } from '../http/find-user.ts'
import { collect } from '../http/pages.ts'
import type { components, operations } from '../http/schema.generated.ts'
import { type DirectOption, type ListOptions, takesDirect, takesLimit, withExamples } from '../options.ts'
import type { Human } from '../output/output.ts'
import { colourOf } from '../output/paint.ts'
import { type Column, renderTable } from '../output/table.ts'
import { when } from '../output/words.ts'
import { createLooks, type LoadPage } from './follow-events.ts'

type FleetEvent = components['schemas']['FleetEvent']
type Query = NonNullable<operations['get-v1-events']['parameters']['query']>
export type EventFilters = { user?: string; type?: string; status?: string; since?: string }
type Options = ListOptions & DirectOption & EventFilters & { follow?: boolean }

/** Newest first, wherever they are read. */
export type LoadEvents = LoadPage<FleetEvent>

const LOOK_EVERY_MS = 2_000

export function register(program: Command, context: Context): void {
  const command = takesLimit(
    program
      .command('events')
      .description('what happened to apps: of the whole fleet or of one user, newest last')
      .option('--user <user>', "the user's id, mail address, or app's name")
      .option('--type <type>', 'one type of event, as provision_completed')
      .option('--status <status>', 'started, success, failed or skipped')
      .option('--since <time>', 'no older than this, as 2026-03-01T12:00:00Z')
      .option('-f, --follow', 'go on with what happens, until Ctrl-C'),
    20,
  ).action((options: Options) => show(context, options))
  withExamples(
    takesDirect(command),
    'hangar events --status failed --limit 50',
    'hangar events --user ada@example.com --follow',
    'hangar events --follow --json',
  )
}

async function show(
  context: Context,
  { follow = false, limit, all = false, direct = false, ...filters }: Options,
): Promise<void> {
  const load = direct ? await directly(context, filters) : await overApi(context, filters)
  const page = await collect(load, { limit, all })
  const items = page.items.reverse()
  if (!follow) {
    context.output.result({ ...page, items }, (how) => renderEvents(items, how))
    return
  }
  for (const event of items) context.output.item(event, (how) => line(event, how))
  await goOn(context, load, items)
}

async function overApi(context: Context, { user, ...filter }: EventFilters): Promise<LoadEvents> {
  const api = context.api()
  const userId = user === undefined ? {} : { user_id: await findUserId(api, user) }
  const query: Query = { ...filter, ...userId }
  return (page) => answer(api.GET('/v1/events', { params: { query: { ...query, ...page } } }))
}

async function directly(context: Context, filters: EventFilters): Promise<LoadEvents> {
  const { loadEventsDirectly } = await import('../direct/events.ts')
  return loadEventsDirectly(context, filters)
}

async function goOn(context: Context, load: LoadEvents, shown: readonly FleetEvent[]): Promise<void> {
  const look = createLooks((page) => askPatiently(context, () => load(page)), shown)
  while (!context.signal.aborted) {
    const { fresh, missed } = await look()
    if (missed)
      context.output.note(
        `… more events happened than can be followed: those before ${when(fresh[0]?.created_at)} are not shown.`,
      )
    for (const event of fresh) context.output.item(event, (how) => line(event, how))
    await context.clock.sleep(LOOK_EVERY_MS, context.signal).catch(() => undefined)
  }
  context.exitCode = EXIT.interrupted
}

type Shown = Pick<FleetEvent, 'created_at' | 'event_type' | 'status' | 'message' | 'actor'> & {
  user_id?: string
}

export function renderEvents(events: readonly Shown[], how: Human): string {
  const [first] = events
  if (first === undefined) return 'Nothing happened.'
  const columns = first.user_id === undefined ? COLUMNS.filter(({ title }) => title !== 'USER') : COLUMNS
  return renderTable(columns, events, how)
}

const COLUMNS: Column<Shown>[] = [
  { title: 'WHEN', value: (event) => when(event.created_at) },
  { title: 'USER', value: (event) => event.user_id, gives: 12 },
  { title: 'EVENT', value: (event) => event.event_type },
  { title: 'STATUS', value: (event) => event.status, colour: (event) => colourOf(event.status) },
  { title: 'MESSAGE', value: (event) => event.message, gives: 12 },
]

function line(event: FleetEvent, how: Human): string {
  const rows = renderTable(COLUMNS, [event], { ...how, width: undefined })
  return rows.slice(rows.indexOf('\n') + 1)
}
