import { describe, expect, test } from '@jest/globals'
import { decide, type Wish } from './decide.ts'
import { DEFAULT_POLICY } from './entitlement.ts'
import type { Guest } from './lifecycle.ts'

const pro = DEFAULT_POLICY.guests['pro']!
const elite = DEFAULT_POLICY.guests['elite']!

type Situation = {
  tier?: string | null
  status?: string | null
  override?: 'on' | 'off' | 'paused'
  overrideGuest?: Guest
  hasLiveApp?: boolean
}

function outcome(wish: Partial<Wish> & Pick<Wish, 'intent'>, situation: Situation = {}) {
  const { tier = 'free', status = 'active', override, overrideGuest = null, hasLiveApp = true } = situation
  const facts = {
    subscription: tier === null ? null : { tier, status },
    hostRowSeenAt: null,
    hostRowDeletedAt: null,
    override: override === undefined ? null : { desired: override, guest: overrideGuest, region: null },
    hasLiveApp,
  }
  return decide({ force: false, ...wish }, facts, DEFAULT_POLICY)
}

describe('provision', () => {
  const intent = 'provision'

  test('agreeing with the subscription is work, app or not', () => {
    expect(outcome({ intent }, { tier: 'pro' })).toEqual({ kind: 'work' })
    expect(outcome({ intent, tier: 'elite' }, { tier: 'elite', hasLiveApp: false })).toEqual({ kind: 'work' })
    expect(outcome({ intent, tier: 'pro', force: true }, { tier: 'pro' })).toEqual({ kind: 'work' })
  })

  test.each<[string, Partial<Wish>, Situation]>([
    ['a free user', {}, { tier: 'free' }],
    ['another tier', { tier: 'elite' }, { tier: 'pro' }],
    ['no subscription', {}, { tier: null }],
    ['a subscription that ended', {}, { tier: 'pro', status: 'canceled' }],
    ['a status on neither list', {}, { tier: 'pro', status: 'limbo' }],
    ['switched off', {}, { tier: 'pro', override: 'off' }],
    ['paused', {}, { tier: 'pro', override: 'paused' }],
  ])('%s is a conflict, and says why', (_name, wish, situation) => {
    expect(outcome({ intent, ...wish }, situation)).toEqual({
      kind: 'conflict',
      reason: expect.stringMatching(/\w/),
    })
  })

  test('forced: an override, of the size of the tier asked for', () => {
    expect(outcome({ intent, force: true })).toEqual({ kind: 'override', desired: 'on', guest: null })
    expect(outcome({ intent, force: true, tier: 'elite' })).toEqual({
      kind: 'override',
      desired: 'on',
      guest: elite,
    })
    expect(outcome({ intent, force: true, tier: 'elite' }, { tier: 'pro' })).toMatchObject({ guest: elite })
  })

  test('forced twice: the second finds what it asked for', () => {
    const situation: Situation = { override: 'on', overrideGuest: elite }
    expect(outcome({ intent, force: true, tier: 'elite' }, situation)).toEqual({ kind: 'work' })
    expect(outcome({ intent, force: true, tier: 'pro' }, situation)).toEqual({
      kind: 'override',
      desired: 'on',
      guest: pro,
    })
  })

  test('forced where only an override is in the way: it is lifted, so that the tier decides later too', () => {
    expect(outcome({ intent, force: true }, { tier: 'pro', override: 'off' })).toEqual({ kind: 'lift' })
    expect(outcome({ intent, force: true, tier: 'pro' }, { tier: 'pro', override: 'paused' })).toEqual({
      kind: 'lift',
    })
  })
})

describe('deprovision', () => {
  const intent = 'deprovision'

  test('of who does not pay: work, or nothing when there is no app', () => {
    expect(outcome({ intent })).toEqual({ kind: 'work' })
    expect(outcome({ intent }, { hasLiveApp: false })).toEqual({ kind: 'nothing' })
    expect(outcome({ intent, force: true }, { tier: null, hasLiveApp: false })).toEqual({ kind: 'nothing' })
  })

  test.each<[string, Situation]>([
    ['a paying user', { tier: 'pro' }],
    ['a paying user without an app yet', { tier: 'pro', hasLiveApp: false }],
    ['a status on neither list, because unknown never destroys', { tier: 'pro', status: 'limbo' }],
    ['switched on', { override: 'on' }],
  ])('%s is a conflict', (_name, situation) => {
    expect(outcome({ intent }, situation)).toMatchObject({ kind: 'conflict' })
  })

  test('forced: an override, or the end of the one in the way', () => {
    expect(outcome({ intent, force: true }, { tier: 'pro' })).toEqual({
      kind: 'override',
      desired: 'off',
      guest: null,
    })
    expect(outcome({ intent, force: true }, { override: 'on' })).toEqual({ kind: 'lift' })
  })
})
