import { describe, expect, test } from '@jest/globals'
import { csvLine } from './csv.ts'

describe('a line of CSV', () => {
  test.each([
    [['a', 'b'], 'a,b\r\n'],
    [['a,b', 'say "no"', 'two\nlines', 'two\r\nlines'], '"a,b","say ""no""","two\nlines","two\r\nlines"\r\n'],
    [[null, '', 0, 1.5], ',,0,1.5\r\n'],
    [[new Date('2026-03-01T00:00:00Z')], '2026-03-01T00:00:00.000Z\r\n'],
    [['ä', '日本', '😀'], 'ä,日本,😀\r\n'],
  ])('%j', (cells, line) => {
    expect(csvLine(cells)).toBe(line)
  })

  test.each([
    ['=1+1', "'=1+1"],
    ['+491234', "'+491234"],
    ['-2+3', "'-2+3"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\tx', "'\tx"],
    ['\rx', '"\'\rx"'],
    ['\nx', '"\'\nx"'],
    ['＝1+1', "'＝1+1"],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
  ])('no formula: %j', (cell, shown) => {
    expect(csvLine([cell])).toBe(`${shown}\r\n`)
  })

  test('a number is a number, also below zero', () => {
    expect(csvLine([-1])).toBe('-1\r\n')
  })
})
