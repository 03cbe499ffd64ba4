import { describe, expect, test } from '@jest/globals'
import { systemClock } from './clock.ts'
import { ERRORS, HangarError, isHangarError } from './errors.ts'

describe('the clock', () => {
  test('a sleep ends as soon as it is aborted, with the reason', async () => {
    const controller = new AbortController()
    const sleeping = systemClock.sleep(60_000, controller.signal)
    controller.abort(new HangarError('lease_lost'))
    await expect(sleeping).rejects.toMatchObject({ code: 'lease_lost' })
  })
  test('a sleep that was aborted before it began does not begin', async () => {
    await expect(systemClock.sleep(60_000, AbortSignal.abort(new Error('stopping')))).rejects.toThrow(
      'stopping',
    )
  })
  test('a sleep ends by itself', async () => {
    await expect(systemClock.sleep(1)).resolves.toBeUndefined()
  })
})

describe('the error registry', () => {
  test.each(Object.entries(ERRORS))('%s has an HTTP status and a sentence for the caller', (_, entry) => {
    expect(entry.status).toBeGreaterThanOrEqual(400)
    expect(entry.publicMessage).toMatch(/^[A-Z].+\.$/)
  })
  test("the operator's text stays out of what the caller sees", () => {
    const error = new HangarError('internal', { operator: 'pool exhausted on db-3' })
    expect(error.message).toBe('pool exhausted on db-3')
    expect(error.publicMessage).not.toContain('db-3')
    expect(isHangarError(error, 'internal')).toBe(true)
    expect(isHangarError(error, 'lease_lost')).toBe(false)
  })
})
