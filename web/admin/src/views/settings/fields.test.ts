import { expect, test } from '@jest/globals'
import { changesIn, GROUPS, rebased, sentValue, shownValue, type SettingField } from './fields.ts'

const field = (kind: SettingField['kind']): SettingField => ({ name: 'x', label: 'X', kind })

test.each([
  ['count', 25, '25'],
  ['percent', 0.07, '7'],
  ['percent', 0.125, '12.5'],
  ['minutes', 90_000, '1.5'],
  ['money', '500.00', '500.00'],
  ['money', null, ''],
] as const)('%s: %s stands as "%s", and goes back as it was', (kind, value, text) => {
  expect(shownValue(field(kind), value)).toBe(text)
  expect(sentValue(field(kind), text)).toBe(value)
})

test('what is no number is for the API to refuse', () => {
  expect(sentValue(field('count'), 'many')).toBe('many')
  expect(sentValue(field('minutes'), '')).toBe('')
})

test('only what was changed is sent', () => {
  const group = GROUPS.find(({ name }) => name === 'teardown_burst')!
  const settings = {
    teardown_burst: { least: 10, share: 0.05, window_ms: 600_000 },
    unhealthy_share: {},
    orphans: {},
    health: {},
    budget: {},
  }
  const texts = { least: '10', share: '7', window_ms: '10' }
  expect(changesIn(group, settings, texts)).toEqual({ share: 0.07 })
})

test('what another admin saves comes into the fields that nobody has touched; what is typed stays, and is told', () => {
  const form = {
    base: { least: '10', share: '5', window_ms: '10' },
    texts: { least: '25', share: '5', window_ms: '10' },
  }
  const now = { least: '12', share: '7', window_ms: '10' }
  expect(rebased(form, now)).toEqual({
    base: now,
    texts: { least: '25', share: '7', window_ms: '10' },
    changed: { least: '12' },
  })
})

test("one's own change, once it holds, and the same one of somebody else are no news", () => {
  const form = { base: { least: '10' }, texts: { least: '12' }, changed: { least: '11' } }
  expect(rebased(form, { least: '12' }).changed).toEqual({})
})

test('what was told is told until it is settled, whatever else changes', () => {
  const form = {
    base: { least: '12', share: '5' },
    texts: { least: '25', share: '5' },
    changed: { least: '12' },
  }
  expect(rebased(form, { least: '12', share: '7' }).changed).toEqual({ least: '12' })
})
