/**
 * Follows a migration to its end. It goes on in the workers whether anybody looks or not: this may end, and be started again.
 *
 *   running ──▶ done | cancelled, ended   the result, and code 1 where somebody failed
 *      │
 *      └──────▶ paused, nobody under way   code 1: somebody, or too many failures, have stopped it; `--resume` goes on
 */
import type { Context } from '../../context.ts'
import { EXIT } from '../../exit.ts'
import { type Api, answer } from '../../http/client.ts'
import { askPatiently } from '../../http/patience.ts'
import type { components } from '../../http/schema.generated.ts'
import { createProgress, type ProgressState } from '../../output/progress.ts'
import { type Column, renderTable } from '../../output/table.ts'
import { counted, howLong, tally, when } from '../../output/words.ts'
import type { MigrateOptions } from './index.ts'
import { writeReport } from './report.ts'
import { createWaits } from './waits.ts'

export type Migration = components['schemas']['Migration']
type Item = components['schemas']['MigrationItem']

const LOOK_EVERY_MS = 1_000
const FAILURES_SHOWN = 20

export async function follow(
  context: Context,
  id: number,
  { report }: Pick<MigrateOptions, 'report'>,
): Promise<void> {
  const { output } = context
  const api = context.api()
  const migration = await watch(context, api, id)
  const failed = migration.counts.failed === 0 ? [] : await listFailed(api, id)
  if (report !== undefined) await writeReport(context, id, report)
  output.result({ migration, failed }, (how) => {
    const lines = [endOf(migration)]
    if (failed.length > 0) lines.push(renderTable(COLUMNS, failed, how))
    if (migration.counts.failed > failed.length) lines.push('All of them: --report file.csv')
    return lines.join('\n\n')
  })
  if (migration.state !== 'done' || migration.counts.failed > 0) context.exitCode = EXIT.failed
}

async function watch(context: Context, api: Api, id: number): Promise<Migration> {
  const progress = createProgress(context.output, context.clock)
  const waits = createWaits(context, api)
  try {
    for (;;) {
      const migration = await askPatiently(context, () =>
        answer(api.GET('/v1/migrations/{id}', { params: { path: { id: String(id) } } })),
      )
      progress.show(stateOf(migration))
      const waiting = await waits(migration)
      if (waiting !== undefined) {
        progress.end()
        context.output.note(waiting)
      }
      if (isOver(migration)) return migration
      await context.clock.sleep(LOOK_EVERY_MS, context.signal)
    }
  } catch (error) {
    if (!context.signal.aborted) throw error
    progress.end()
    context.output.note(
      `Migration ${id} goes on. Follow it: hangar migrate-users --follow ${id}; stop it: hangar migrate-users --pause ${id}`,
    )
    throw error
  } finally {
    progress.end()
  }
}

function isOver({ state, ended_at: endedAt, counts }: Migration): boolean {
  return endedAt !== null || (state === 'paused' && counts.asked === 0)
}

function stateOf(migration: Migration): ProgressState {
  const { counts, total, state, wave, waves, held_by: heldBy } = migration
  const ended = total - counts.waiting - counts.asked
  const eta = migration.eta_seconds === null ? '' : `, about ${howLong(migration.eta_seconds)} left`
  const held = heldBy === null ? '' : `, held by the brake ${heldBy}`
  const stage = state === 'running' ? `wave ${Math.min(wave, waves)} of ${waves}` : state
  return {
    done: ended,
    total,
    stage,
    text: `${tally(counts)}${held}${migration.ended_at === null ? eta : ''}`,
  }
}

function endOf({ id, state, counts, paused_because: why, ended_at: endedAt }: Migration): string {
  const sums = `${counts.done} done, ${counts.failed} failed, ${counts.skipped} left out`
  if (endedAt !== null) return `Migration ${id} is ${state} since ${when(endedAt)}: ${sums}.`
  const because =
    why === 'failure_share' ? 'it has stopped itself, because too many failed' : 'somebody has paused it'
  return `Migration ${id} is paused: ${because}. ${sums}, ${counted(counts.waiting, 'user')} waiting.\nGo on: hangar migrate-users --resume ${id}`
}

async function listFailed(api: Api, id: number): Promise<Item[]> {
  const query = { state: 'failed', limit: FAILURES_SHOWN } as const
  const path = { id: String(id) }
  return (await answer(api.GET('/v1/migrations/{id}/items', { params: { path, query } }))).items
}

const COLUMNS: Column<Item>[] = [
  { title: 'USER', value: (row) => row.email ?? row.user_id, gives: 12 },
  { title: 'APP', value: (row) => row.app_name },
  { title: 'CODE', value: (row) => row.code, colour: () => 'red' },
  { title: 'WHY', value: (row) => row.text, gives: 12 },
]
