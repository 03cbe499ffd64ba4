import { describe, expect, test } from '@jest/globals'
import { DEFAULT_POLICY, type SubscriptionFacts, entitlementOf, laneFor } from './entitlement.ts'

const facts = (over: Partial<SubscriptionFacts>): SubscriptionFacts => ({
  subscription: null,
  hostRowSeenAt: null,
  hostRowDeletedAt: null,
  override: null,
  ...over,
})
const tier = (name: string | null, status: string | null = null) =>
  facts({ subscription: { tier: name, status } })
const SEEN = new Date('2026-01-01T00:00:00Z')
const ELITE = { cpuKind: 'shared', cpus: 2, memoryMb: 1024 } as const

describe('entitlement: the last tier decides', () => {
  test.each<[string, SubscriptionFacts, string]>([
    ['pro', tier('pro'), 'entitled'],
    ['elite, in any case of letters', tier('Elite', 'Active'), 'entitled'],
    ['past due still counts as paying', tier('pro', 'past_due'), 'entitled'],
    ['free', tier('free'), 'not_entitled'],
    ['no tier at all', tier(null), 'not_entitled'],
    ['pro, but canceled', tier('pro', 'canceled'), 'not_entitled'],
    ['pro, with a status on neither list', tier('pro', 'paused_by_billing'), 'unknown'],
    ['no row, and none was ever seen', facts({}), 'not_entitled'],
    [
      'no row, deleted before our eyes',
      facts({ hostRowSeenAt: SEEN, hostRowDeletedAt: SEEN }),
      'not_entitled',
    ],
    ['no row where there was one: never read as free', facts({ hostRowSeenAt: SEEN }), 'unknown'],
  ])('%s', (_, given, kind) => {
    expect(entitlementOf(given, DEFAULT_POLICY).kind).toBe(kind)
  })

  test('the guest follows the tier', () => {
    expect(entitlementOf(tier('elite'), DEFAULT_POLICY)).toMatchObject({ tier: 'elite', guest: ELITE })
  })
  test('a paid tier without a machine size is unknown, not a guess', () => {
    const policy = { ...DEFAULT_POLICY, paidTiers: ['pro', 'team'] }
    expect(entitlementOf(tier('team'), policy).kind).toBe('unknown')
  })
})

describe("entitlement: an operator's word outranks the tier", () => {
  const override = (desired: 'on' | 'off' | 'paused') => ({ desired, guest: null, region: null })
  test('on gives a free user an app', () => {
    expect(entitlementOf({ ...tier('free'), override: override('on') }, DEFAULT_POLICY).kind).toBe('entitled')
  })
  test('on may name the guest and the region', () => {
    const given = { ...tier('pro'), override: { desired: 'on' as const, guest: ELITE, region: 'ams' } }
    expect(entitlementOf(given, DEFAULT_POLICY)).toMatchObject({ guest: ELITE, region: 'ams' })
  })
  test('off takes it from a paying user', () => {
    expect(entitlementOf({ ...tier('pro'), override: override('off') }, DEFAULT_POLICY).kind).toBe(
      'not_entitled',
    )
  })
  test('paused neither creates nor destroys', () => {
    expect(entitlementOf({ ...tier('free'), override: override('paused') }, DEFAULT_POLICY).kind).toBe(
      'unknown',
    )
  })
})

test('the lane follows the tier', () => {
  expect(laneFor('pro', null, DEFAULT_POLICY)).toBe('provision')
  expect(laneFor('pro', 'canceled', DEFAULT_POLICY)).toBe('deprovision')
  expect(laneFor(null, null, DEFAULT_POLICY)).toBe('deprovision')
})
