/** What becomes of a key whose process died with it in hand. */
import { useTestDatabase } from '@hangar/testkit'
import { expect, test } from '@jest/globals'
import { insertAudit } from './audit.ts'
import {
  claimIdempotencyKey,
  deleteOldIdempotencyKeys,
  expireIdempotencyClaim,
  recordIdempotentAnswer,
  releaseIdempotencyKey,
} from './idempotency.ts'
import { sql } from 'kysely'

const t = useTestDatabase()
const ANSWER = { status: 202, headers: {}, body: '{"a":1}' }

const claim = (key: string, requestId: string, fingerprint = 'f') =>
  claimIdempotencyKey(t.db, { actor: 'ada', key }, { fingerprint, requestId, lockMs: 60_000 })
const held = (key: string, requestId: string) => ({ actor: 'ada', key, requestId })

test('it died before it had changed anything: the next one carries it out', async () => {
  expect(await claim('a', 'r1')).toEqual({ kind: 'claimed' })
  expect(await claim('a', 'r2')).toEqual({ kind: 'in_flight' })
  await expireIdempotencyClaim(t.db, held('a', 'r1'))
  // Another request under the key of one that died is a mistake all the same.
  expect(await claim('a', 'r2', 'other')).toEqual({ kind: 'mismatch' })
  expect(await claim('a', 'r2')).toEqual({ kind: 'claimed' })
  // Whoever was only slow neither answers nor lets go for the one that has it now.
  await recordIdempotentAnswer(t.db, held('a', 'r1'), ANSWER)
  await releaseIdempotencyKey(t.db, held('a', 'r1'))
  expect(await claim('a', 'r3')).toEqual({ kind: 'in_flight' })
  await recordIdempotentAnswer(t.db, held('a', 'r2'), ANSWER)
  expect(await claim('a', 'r3')).toEqual({ kind: 'answered', answer: ANSWER })
})

test('it died after it had changed something: it is not done again', async () => {
  await insertAudit(t.db, { actor: 'ada', action: 'x.y', requestId: 'r1' })
  await claim('b', 'r1')
  await expireIdempotencyClaim(t.db, held('b', 'r1'))
  // What the same request id had written before says nothing.
  expect(await claim('b', 'r1')).toEqual({ kind: 'claimed' })
  await insertAudit(t.db, { actor: 'ada', action: 'x.y', requestId: 'r1' })
  await expireIdempotencyClaim(t.db, held('b', 'r1'))
  expect(await claim('b', 'r2')).toEqual({ kind: 'answer_lost', requestId: 'r1' })
})

test('a day later the key is free, and then it is forgotten', async () => {
  await claim('c', 'r1')
  await recordIdempotentAnswer(t.db, held('c', 'r1'), ANSWER)
  expect(await deleteOldIdempotencyKeys(t.db, 10)).toBe(0)
  const age = () =>
    sql`update hangar.idempotency_keys set created_at = created_at - interval '25 hours' where key = 'c'`.execute(
      t.db,
    )
  await age()
  expect(await claim('c', 'r2', 'other')).toEqual({ kind: 'claimed' })
  await age()
  expect(await deleteOldIdempotencyKeys(t.db, 10)).toBe(1)
})
