/** Acting on many: what may be done, and the two questions that it takes. */
import { wordsOf, type AppFilters } from '../../api/apps.ts'
import { answer, api } from '../../api/client.ts'
import type { components } from '../../api/schema.generated.ts'
import type { Role } from '../../api/session.ts'

type PreviewAnswer = components['schemas']['BulkPreview']
export type BulkPreview = PreviewAnswer & {
  /** The first hundred of those who would be asked. An API of an older version does not list them. */
  eligible_users?: readonly { user_id: string; email: string | null }[]
}

export type BulkAction = {
  name: BulkPreview['action']
  /** On the button, followed by how many. */
  label: string
  explains: string
  least: Role
  danger: boolean
}

export const BULK_ACTIONS: readonly BulkAction[] = [
  {
    name: 'retry',
    label: 'Retry',
    explains: 'Work that failed is taken up at once, whatever pause it has earned.',
    least: 'operator',
    danger: false,
  },
  {
    name: 'check_health',
    label: 'Check health',
    explains: 'A worker looks at each app on Fly, and mends what it finds.',
    least: 'operator',
    danger: false,
  },
  {
    name: 'provision',
    label: 'Provision',
    explains: 'Each user gets what their subscription says.',
    least: 'operator',
    danger: false,
  },
  {
    name: 'deprovision',
    label: 'Deprovision',
    explains: 'Each app is drained and deleted on Fly. This cannot be taken back; a later app is a new one.',
    least: 'admin',
    danger: true,
  },
]

/** Somebody who was selected, as the table calls them. */
export type Person = { id: string; name: string }

export type BulkTarget = { people: Person[] } | { filter: AppFilters }

/** Those of `ids` that one bulk takes, in the order in which they were selected. */
export function namedTarget(
  rows: readonly { user_id: string; email: string | null }[],
  ids: ReadonlySet<string>,
  atMost: number,
): { people: Person[] } {
  const names = new Map(rows.map((row) => [row.user_id, row.email]))
  return { people: [...ids].slice(0, atMost).map((id) => ({ id, name: names.get(id) ?? id })) }
}

/**
 * The names of those who will be asked, as far as they are known for certain: the API's own list, else those who
 * were selected and are not left out. Where not everybody who is left out is known, nobody is named.
 */
export function affectedBy(target: BulkTarget, preview: BulkPreview): string[] {
  if (preview.eligible_users !== undefined) {
    return preview.eligible_users.map(({ user_id: id, email }) => email ?? id)
  }
  const out = new Set(preview.ineligible.map((one) => one.user_id))
  if ('filter' in target || out.size < preview.total - preview.eligible) return []
  return target.people.filter(({ id }) => !out.has(id)).map(({ name }) => name)
}

export type BulkChoice = { force: boolean; approveBurst: boolean }

export function previewBulk(
  action: BulkAction,
  target: BulkTarget,
  choice: BulkChoice,
  signal: AbortSignal,
): Promise<BulkPreview> {
  const body = { ...bodyOf(action, target, choice), reason: 'preview' }
  return answer(
    api.POST('/v1/bulk', { params: { query: { dryRun: true } }, body, signal }),
  ) as Promise<BulkPreview>
}

/** `expected` is the number that the preview said: where it is another by now, nothing is done. */
export async function startBulk(
  action: BulkAction,
  target: BulkTarget,
  choice: BulkChoice,
  confirmed: { reason: string; key: string; expected: number },
): Promise<number> {
  const body = {
    ...bodyOf(action, target, choice),
    reason: confirmed.reason,
    expected_eligible: confirmed.expected,
  }
  const headers = { 'idempotency-key': confirmed.key }
  const started = await answer(api.POST('/v1/bulk', { body, headers }))
  return 'bulk_id' in started ? started.bulk_id : 0
}

function bodyOf(action: BulkAction, target: BulkTarget, { force, approveBurst }: BulkChoice) {
  return {
    action: action.name,
    ...('filter' in target
      ? { filter: wordsOf(target.filter) }
      : { user_ids: target.people.map(({ id }) => id) }),
    ...(force ? { force } : {}),
    ...(approveBurst ? { approve_burst: true } : {}),
  }
}
