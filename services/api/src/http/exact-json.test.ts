import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { parseExactly } from './exact-json.ts'

const again = (text: string) => JSON.stringify(parseExactly(text))

describe('a number is written as it was read', () => {
  test.each([
    '9007199254740993',
    '-9007199254740993',
    '1e400',
    '-0',
    '0.1000',
    '1.50',
    '3.141592653589793238462643',
    '1E5',
    '12345678901234567890123',
    '0',
    '7',
    '-1.5',
  ])('%s', (number) => {
    for (const text of [`{"a":${number}}`, `[1,${number}]`, `{"a":{"b":[${number},2]},"c":${number}}`])
      expect(again(text)).toBe(text)
  })

  test('whatever it is', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9]\d{0,25})(\.\d{1,20})?([eE][+-]?\d{1,3})?$/)
    fc.assert(
      fc.property(fc.array(digits, { minLength: 1 }), (numbers) => {
        const text = `{"a":[${numbers.join(',')}]}`
        expect(again(text)).toBe(text)
      }),
      { numRuns: 2_000, seed: 20_260_301 },
    )
  })
})

test('what is no such number is what JSON.parse says', () => {
  const text = '{"a":"12345678901234567890","b":[1,2.5,null,true,{"c":"x"}],"d":1767225600000}'
  expect(parseExactly(text)).toEqual(JSON.parse(text))
  expect(parseExactly(' 7 ')).toBe(7)
})

test('what is no JSON is refused as ever', () => {
  for (const text of ['', '{', '{"a":1e}', '{"a":00000000000000000}'])
    expect(() => parseExactly(text)).toThrow(SyntaxError)
})
