/** What becomes of a key whose process died with it in hand. */
import { useTestDatabase, waitFor } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { insertAudit, listAudit } from './audit.ts'
import type { Database } from './database.ts'
import {
  claimIdempotencyKey,
  deleteOldIdempotencyKeys,
  expireIdempotencyClaim,
  fencedByClaim,
  type HeldKey,
  recordIdempotentAnswer,
  releaseIdempotencyKey,
} from './idempotency.ts'
import { sql } from 'kysely'

const t = useTestDatabase()
const ANSWER = { status: 202, headers: {}, body: '{"a":1}' }

const claim = (key: string, requestId: string, fingerprint = 'f') =>
  claimIdempotencyKey(t.db, { actor: 'ada', key }, { fingerprint, requestId, lockMs: 60_000 })
/** The claim of a key that is free. */
async function take(key: string, requestId: string): Promise<HeldKey> {
  const claimed = await claim(key, requestId)
  if (claimed.kind !== 'claimed') throw new Error(`it is ${claimed.kind}`)
  return { actor: 'ada', key, claimId: claimed.claimId }
}
const act = (db: Database, held: HeldKey, meanwhile?: () => Promise<unknown>) =>
  fencedByClaim(db, held)
    .transaction()
    .execute(async (tx) => {
      await insertAudit(tx, { actor: 'ada', action: 'x.y', requestId: held.claimId })
      await meanwhile?.()
    })
const written = async ({ claimId }: HeldKey) =>
  (await listAudit(t.db, { limit: 50 })).filter((one) => one.requestId === claimId).length

test('it died before it had changed anything: the next one carries it out', async () => {
  const first = await take('a', 'r1')
  expect(await claim('a', 'r2')).toEqual({ kind: 'in_flight' })
  await expireIdempotencyClaim(t.db, first)
  // Another request under the key of one that died is a mistake all the same.
  expect(await claim('a', 'r2', 'other')).toEqual({ kind: 'mismatch' })
  // The request's id may be the caller's own, and the same each time.
  const second = await take('a', 'r1')
  // Whoever was only slow neither changes anything, nor answers, nor lets go for the one that has it now.
  await expect(act(t.db, first)).rejects.toMatchObject({ code: 'idempotency_in_flight' })
  await recordIdempotentAnswer(t.db, first, ANSWER)
  await releaseIdempotencyKey(t.db, first)
  expect(await claim('a', 'r3')).toEqual({ kind: 'in_flight' })
  await act(t.db, second)
  await recordIdempotentAnswer(t.db, second, ANSWER)
  expect(await claim('a', 'r3')).toEqual({ kind: 'answered', answer: ANSWER })
  expect([await written(first), await written(second)]).toEqual([0, 1])
})

test('overtaken in the midst of its change: it commits nothing', async () => {
  const first = await take('d', 'r1')
  const overtake = async () => {
    await expireIdempotencyClaim(t.db, first)
    await take('d', 'r2')
  }
  await expect(act(t.db, first, overtake)).rejects.toMatchObject({ code: 'idempotency_in_flight' })
  expect(await written(first)).toBe(0)
})

test('claimed while the change is about to be committed: it waits, and learns that it was carried out', async () => {
  const first = await take('e', 'r1')
  await expireIdempotencyClaim(t.db, first)
  const claims = await fencedByClaim(t.db, first)
    .transaction()
    .execute(async (tx) => {
      await sql`update hangar.idempotency_keys set carried_out = true where key = 'e'`.execute(tx)
      const claiming = claim('e', 'r2')
      await waitFor(
        async () => {
          const { rows } = await sql`select from pg_stat_activity
            where datname = current_database() and wait_event_type = 'Lock'`.execute(t.db)
          return rows.length === 1
        },
        { what: 'the claim to wait' },
      )
      return { claiming }
    })
  expect(await claims.claiming).toEqual({ kind: 'answer_lost', requestId: 'r1' })
})

test('it died after it had changed something: it is not done again', async () => {
  // What the same request id had written before says nothing.
  await insertAudit(t.db, { actor: 'ada', action: 'x.y', requestId: 'r1' })
  await expireIdempotencyClaim(t.db, await take('b', 'r1'))
  const held = await take('b', 'r1')
  await insertAudit(t.db, { actor: 'ada', action: 'x.y', requestId: 'r1' })
  await act(t.db, held)
  await expireIdempotencyClaim(t.db, held)
  expect(await claim('b', 'r2')).toEqual({ kind: 'answer_lost', requestId: 'r1' })
})

test('a day later the key is free, and then it is forgotten', async () => {
  await recordIdempotentAnswer(t.db, await take('c', 'r1'), ANSWER)
  expect(await deleteOldIdempotencyKeys(t.db, 10)).toBe(0)
  const age = () =>
    sql`update hangar.idempotency_keys set created_at = created_at - interval '25 hours' where key = 'c'`.execute(
      t.db,
    )
  await age()
  expect(await claim('c', 'r2', 'other')).toMatchObject({ kind: 'claimed' })
  await age()
  expect(await deleteOldIdempotencyKeys(t.db, 10)).toBe(1)
})
