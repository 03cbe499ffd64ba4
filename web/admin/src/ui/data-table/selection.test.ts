import { expect, test } from '@jest/globals'
import { idsBetween, toggled, withAll } from './selection.ts'

const ORDER = ['a', 'b', 'c', 'd']

test('one in, one out', () => {
  const one = toggled(new Set(['a']), 'b')
  expect([...one]).toEqual(['a', 'b'])
  expect([...toggled(one, 'a')]).toEqual(['b'])
})

test('with shift, every row between, in either direction', () => {
  expect(idsBetween(ORDER, 'b', 'd')).toEqual(['b', 'c', 'd'])
  expect(idsBetween(ORDER, 'd', 'b')).toEqual(['b', 'c', 'd'])
  expect(idsBetween(ORDER, 'gone', 'c')).toEqual(['c'])
})

test('all that are loaded, in and out, without touching the others', () => {
  expect([...withAll(new Set(['x']), ['a', 'b'], true)]).toEqual(['x', 'a', 'b'])
  expect([...withAll(new Set(['x', 'a']), ['a', 'b'], false)]).toEqual(['x'])
})
