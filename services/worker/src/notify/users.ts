/**
 * Users are told that their app has come or gone, in the product's own table, where the host's mapping names one
 * (`notifications`). By default it does not: which machine runs one's traders is nobody's concern.
 */
import {
  type Database,
  findHostMapping,
  insertUserNotice,
  listDueNotices,
  type NoticeText,
  settleFindings,
  type UserNoticeKind,
} from '@hangar/db'

const TEXTS: Record<UserNoticeKind, NoticeText> = {
  provisioned: {
    kind: 'app_provisioned',
    title: 'Your traders have an app of their own',
    body: 'They now run on a machine that is yours alone. There is nothing you have to do.',
  },
  deprovisioned: {
    kind: 'app_deprovisioned',
    title: 'Your own app has been shut down',
    body: 'Your traders, their signals and their history are kept.',
  },
}

/** In one run; the others follow in seconds. */
const MOST_NOTICES = 200

export async function tellUsers(
  db: Database,
  signal: AbortSignal,
): Promise<{ told: number; refused: number }> {
  const count = { told: 0, before: 0, refused: 0 }
  const host = (await findHostMapping(db))?.notifications
  if (!host) {
    // Nobody is to be told any more, so nothing can be failing.
    await settleFindings(db, 'user_notice_failing', [])
    return count
  }
  let why = ''
  for (const notice of await listDueNotices(db, MOST_NOTICES)) {
    signal.throwIfAborted()
    const result = await insertUserNotice(db, host, notice, TEXTS[notice.kind])
    count[result.kind]++
    if (result.kind === 'refused') why = result.message
  }
  const message = `${count.refused} notices to users were not taken by the product's table: ${why}`
  const details = { refused: count.refused }
  await settleFindings(
    db,
    'user_notice_failing',
    count.refused === 0 ? [] : [{ subject: '', severity: 'warning', message, details }],
  )
  return count
}
