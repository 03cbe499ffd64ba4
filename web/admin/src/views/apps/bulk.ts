/** Acting on many: what may be done, and the two questions that it takes. */
import { wordsOf, type AppFilters } from '../../api/apps.ts'
import { answer, api } from '../../api/client.ts'
import type { components } from '../../api/schema.generated.ts'
import type { Role } from '../../api/session.ts'

export type BulkPreview = components['schemas']['BulkPreview']

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

export type BulkTarget = { userIds: string[] } | { filter: AppFilters }

/** The names of the first hundred who will be asked. The API alone knows who that is; nothing here guesses. */
export function affectedBy(preview: BulkPreview): string[] {
  return preview.eligible_users.map(({ user_id: id, email }) => email ?? id)
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
    ...('filter' in target ? { filter: wordsOf(target.filter) } : { user_ids: target.userIds }),
    ...(force ? { force } : {}),
    ...(approveBurst ? { approve_burst: true } : {}),
  }
}
