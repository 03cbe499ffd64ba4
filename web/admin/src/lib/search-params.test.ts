import { describe, expect, test } from '@jest/globals'
import { readInteger, readManyOf, readText, parseSearch, stringifySearch } from './search-params.ts'

test('an address says only what is not the default, and reads well', () => {
  expect(
    stringifySearch({ q: 'ada & co', status: ['active', 'error'], sort: undefined, health: [], x: '' }),
  ).toBe('?q=ada+%26+co&status=active,error')
  expect(stringifySearch({})).toBe('')
})

test('what an address says comes back', () => {
  const search = { q: 'ada+lovelace@example.com', status: 'active,error', page: '2' }
  expect(parseSearch(stringifySearch(search))).toEqual(search)
})

describe('whatever an address holds is read as something sensible', () => {
  const KNOWN = ['active', 'error'] as const
  test.each([
    ['error,active', ['active', 'error']],
    ['error,nonsense', ['error']],
    ['', undefined],
    [['error'], ['error']],
    [undefined, undefined],
    [{ a: 1 }, undefined],
  ])('%j of known words', (value, words) => expect(readManyOf(value, KNOWN)).toEqual(words))

  test.each([
    ['  ada ', 'ada'],
    [42, '42'],
    ['   ', undefined],
    ['x'.repeat(300), 'x'.repeat(200)],
    [['a'], undefined],
  ])('%j as a text', (value, text) => expect(readText(value)).toBe(text))

  test.each([
    ['5', 5],
    ['1e9', undefined],
    ['-1', undefined],
    ['2.5', undefined],
    ['', undefined],
  ])('%j as a number from 0 to 100', (value, number) => expect(readInteger(value, 0, 100)).toBe(number))
})
