import { randomBytes, randomUUID } from 'node:crypto'
import { describe, expect, test } from '@jest/globals'
import { createKeyRing, credentialMarks, shimToken, shutdownToken, verifyShimToken } from './tokens.ts'

const key = () => randomBytes(32).toString('base64')
const rowId = randomUUID()

describe('tokens of one app', () => {
  test('a token opens its own row and no other', () => {
    const ring = createKeyRing({ current: key() })
    const token = shimToken(ring, rowId)
    expect(token).toMatch(/^hgr_[0-9a-f]{8}_[0-9a-f-]{36}_[0-9a-f]{64}$/)
    expect(verifyShimToken(ring, token)).toEqual({ rowId, keyId: ring.current.id })
    const other = randomUUID()
    expect(verifyShimToken(ring, token.replace(rowId, other))).toBeNull()
  })
  test.each([
    ['one digit changed', (token: string) => token.slice(0, -1) + (token.endsWith('0') ? '1' : '0')],
    ['cut short', (token: string) => token.slice(0, -2)],
    ['upper case', (token: string) => token.toUpperCase()],
    ['of another key', () => shimToken(createKeyRing({ current: key() }), rowId)],
    ['empty', () => ''],
  ])('refused: %s', (_, change) => {
    const ring = createKeyRing({ current: key() })
    expect(verifyShimToken(ring, change(shimToken(ring, rowId)))).toBeNull()
  })
  test('during a rotation both keys are accepted, and new tokens use the new one', () => {
    const [before, after] = [key(), key()]
    const old = shimToken(createKeyRing({ current: before }), rowId)
    const rotating = createKeyRing({ current: after, previous: before })
    expect(verifyShimToken(rotating, old)).toEqual({ rowId, keyId: rotating.accepted[1]?.id })
    expect(verifyShimToken(createKeyRing({ current: after }), shimToken(rotating, rowId))).toEqual({
      rowId,
      keyId: rotating.current.id,
    })
    expect(verifyShimToken(createKeyRing({ current: after }), old)).toBeNull()
  })
  test('each purpose has its own key', () => {
    const ring = createKeyRing({ current: key() })
    const mac = shimToken(ring, rowId).split('_')[3]
    expect(shutdownToken(ring, rowId)).not.toBe(mac)
    expect(credentialMarks(ring, [rowId])[0]).not.toBe(mac)
  })
  test('marks of credentials: of these, in this order, and of each accepted key', () => {
    const [before, after] = [key(), key()]
    const ring = createKeyRing({ current: before })
    expect(credentialMarks(ring, ['a', 'b'])).toEqual(credentialMarks(ring, ['a', 'b']))
    for (const others of [['ab'], ['a', undefined], ['b', 'a'], ['a', 'b', 'c']])
      expect(credentialMarks(ring, others)).not.toEqual(credentialMarks(ring, ['a', 'b']))
    const rotating = createKeyRing({ current: after, previous: before })
    expect(credentialMarks(rotating, ['a', 'b'])[1]).toBe(credentialMarks(ring, ['a', 'b'])[0])
  })
  test('a short master key is refused, and is not in the message', () => {
    const short = randomBytes(31).toString('base64')
    expect.assertions(2)
    try {
      createKeyRing({ current: short })
    } catch (error) {
      expect(error).toMatchObject({ code: 'config_invalid' })
      expect(String(error)).not.toContain(short)
    }
  })
})
