/** A thousand users fail within a minute, on the engine itself: what a mailbox and a chat get of it. */
import { createUser } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { reconcileUser } from '../reconcile/job.ts'
import { sweepAlerts } from '../sweeps/alerts.ts'
import { useEngine } from '../testing/engine.ts'
import { useConnection } from '../testing/rows.ts'
import { usePost } from './testing.ts'

const USERS = 1_000
const AT_ONCE = 10

const engine = useEngine()
const { query } = useConnection(engine.database)
const post = usePost()
const never = new AbortController().signal

async function failForGood(): Promise<void> {
  const { userId } = await createUser(engine.database.db, { tier: 'pro' })
  const outcome = await reconcileUser(engine.deps, userId, never)
  if (outcome.kind !== 'never') throw new Error(`not given up, but ${outcome.kind}`)
}

test('a handful of messages, which count them all and name the first', async () => {
  engine.sim.sim.faults.add({ kind: 'machine_limit', match: { operation: 'machines.create' } })
  const deps = post.deps(engine.database.db)
  const tell = () => Promise.all([post.round('mail', deps), post.round('webhook', deps)])
  // As the minute passes: the engine fails, the sweep looks once, each channel has its rounds.
  for (let failed = 0; failed < USERS; failed += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, failForGood))
    if (failed % (USERS / 2) === 0) await sweepAlerts(engine.deps, never)
    if (failed % 50 === 0) await tell()
  }
  // What is left of the minute, and the next.
  for (let minute = 0; minute < 2; minute++) {
    await sweepAlerts(engine.deps, never)
    await query(`update hangar.alert_windows set told_at = told_at - interval '1 minute'`)
    await tell()
  }
  const { mails } = post.mailbox
  expect(mails.length).toBeLessThanOrEqual(5)
  expect(post.hook.deliveries.length).toBeLessThanOrEqual(5)
  const text = mails.map((mail) => mail.text).join('\n')
  expect(text).toContain(
    `${USERS} users have no app, because making it failed again and again: the cause is not in them`,
  )
  // 200 with an alert of their own, and the one for all of them.
  const told = [...text.matchAll(/provision_failed(?: × (\d+))?, new/g)].map(([, count]) =>
    Number(count ?? 1),
  )
  expect(told.reduce((sum, count) => sum + count, 0)).toBe(201)
}, 180_000)
