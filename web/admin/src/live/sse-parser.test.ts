import { describe, expect, test } from '@jest/globals'
import { createSseParser, type ServerEvent } from './sse-parser.ts'

const TEXT =
  ': heartbeat\n\nid: 7\nevent: app\ndata: {"a":1}\n\nevent:alert\r\ndata: one\r\ndata: two\r\n\r\ndata\n\nid: 9\n\nevent: half\ndata: x'
const EVENTS: ServerEvent[] = [
  { type: 'app', data: '{"a":1}', id: '7' },
  { type: 'alert', data: 'one\ntwo', id: undefined },
  { type: 'message', data: '', id: undefined },
]

const parse = (pieces: string[]): ServerEvent[] => {
  const parser = createSseParser()
  return pieces.flatMap((piece) => parser.push(piece))
}

describe('the same events, however the text is cut', () => {
  test.each([1, 2, 3, 5, 8, 1_000])('into pieces of %d', (size) => {
    const pieces = TEXT.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
    expect(parse(pieces)).toEqual(EVENTS)
  })
})

test('an event is told once its empty line is there', () => {
  const parser = createSseParser()
  expect(parser.push('data: x\n')).toEqual([])
  expect(parser.push('\n')).toEqual([{ type: 'message', data: 'x', id: undefined }])
})

test('a lone carriage return ends a line', () => {
  expect(parse(['data: x\r\r', 'data: y\r\n\n'])).toEqual([
    { type: 'message', data: 'x', id: undefined },
    { type: 'message', data: 'y', id: undefined },
  ])
})
