/**
 * What those wait for who were asked, once nobody has come to an end for a while: a bar that stands still says nothing of why.
 */
import type { Context } from '../../context.ts'
import { type Api, answer } from '../../http/client.ts'
import { askPatiently } from '../../http/patience.ts'
import { visible } from '../../output/paint.ts'
import type { Migration } from './follow.ts'

const STILL_MS = 30_000
/** Of those who were asked, so many are looked at, and so many reasons told. */
const LOOKED_AT = 200
const TOLD = 3

/** Asked at each look: what there is to say, and nothing where it was said already. */
export function createWaits(
  context: Context,
  api: Api,
): (migration: Migration) => Promise<string | undefined> {
  let ended = -1
  let stillSince = 0
  let said = ''
  return async ({ id, total, counts }) => {
    const now = context.clock.now().getTime()
    const endedNow = total - counts.waiting - counts.asked
    if (endedNow !== ended || counts.asked === 0) {
      ended = endedNow
      stillSince = now
    }
    if (now - stillSince < STILL_MS) return undefined
    // The next look at them is after as long again.
    stillSince = now
    const path = { id: String(id) }
    const query = { state: 'asked', limit: LOOKED_AT } as const
    const { items } = await askPatiently(context, () =>
      answer(api.GET('/v1/migrations/{id}/items', { params: { path, query } })),
    )
    const text = describe(items)
    if (text === said || text === '') return undefined
    said = text
    return text
  }
}

type Asked = { email: string | null; user_id: string; text: string | null }

/** One line for each reason, the most frequent first, with one user who has it. */
function describe(items: readonly Asked[]): string {
  const byReason = new Map<string, Asked[]>()
  for (const item of items) {
    const reason = item.text ?? 'a worker to come to an end with it'
    byReason.set(reason, [...(byReason.get(reason) ?? []), item])
  }
  return [...byReason]
    .sort(([, a], [, b]) => b.length - a.length)
    .slice(0, TOLD)
    .map(([reason, [first, ...others]]) => {
      const who = first?.email ?? first?.user_id ?? ''
      const wait = others.length === 0 ? 'waits' : `and ${others.length} more wait`
      return visible(`${who} ${wait} for: ${reason}`)
    })
    .join('\n')
}
