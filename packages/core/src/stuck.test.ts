import { describe, expect, test } from '@jest/globals'
import { plan } from './plan.ts'
import { SAY_WHAT_IS_DUE, STUCK, wayOut } from './stuck.ts'
import { ending, ours, unknown, world } from './testing/worlds.ts'

describe('the way out of a teardown', () => {
  test('that nobody knows to be due: to say what the user should have, as nothing can be forced', () => {
    const held = plan(world({ entitlement: unknown, row: ending, fly: ours() }))
    expect(wayOut('deprovisioning', held.kind === 'wait' ? held.reason : null)).toEqual({
      operator: SAY_WHAT_IS_DUE,
      force: null,
    })
  })

  test.each([null, 'draining', 'held by the brake operator'])(
    'that waits for %j: what its state says',
    (waitsFor) => {
      const { operator, force } = STUCK.deprovisioning
      expect(wayOut('deprovisioning', waitsFor)).toEqual({ operator, force })
    },
  )
})
