import { expect, test } from '@jest/globals'
import { testClock } from '@hangar/testkit'
import { createOutput } from './output.ts'
import { createPaint } from './paint.ts'
import { createProgress } from './progress.ts'
import { type Column, renderTable } from './table.ts'
import { howLong, when } from './words.ts'

const paint = createPaint(false)
type Row = { name: string; note: string; cost: number }
const COLUMNS: Column<Row>[] = [
  { title: 'NAME', value: (row) => row.name },
  { title: 'NOTE', value: (row) => row.note, gives: 6 },
  { title: 'COST', value: (row) => row.cost, align: 'right', gives: 4 },
]
const ROWS = [
  { name: 'a', note: 'a long note', cost: 5 },
  { name: 'bee', note: 'x\ty\u001b[2J', cost: 12 },
]

test('a table: aligned, whole without a width, and what gives shrinks, then goes', () => {
  const at = (width: number | undefined) => renderTable(COLUMNS, ROWS, { paint, width }).split('\n')
  expect(at(undefined)).toEqual([
    'NAME  NOTE         COST',
    'a     a long note     5',
    'bee   x y [2J        12',
  ])
  expect(at(20)).toEqual(['NAME  NOTE      COST', 'a     a long …     5', 'bee   x y [2J     12'])
  expect(at(14)).toEqual(['NAME  NOTE', 'a     a long …', 'bee   x y [2J'])
  expect(at(4)).toEqual(['NAME', 'a', 'bee'])
})

test('a colour is for a value, and not for the room beside it', () => {
  const columns: Column<{ note: string | null }>[] = [
    { title: 'A', value: (row) => row.note, colour: () => 'red' },
    { title: 'LONGER', value: (row) => row.note, colour: () => 'red' },
  ]
  const rows = [{ note: 'x' }, { note: null }]
  const lines = renderTable(columns, rows, { paint: createPaint(true), width: undefined }).split('\n')
  expect(lines.slice(1)).toEqual(['\u001b[31mx\u001b[39m  \u001b[31mx\u001b[39m', '-  -'])
})

function outputs(isTTY: boolean) {
  let written = ''
  const stream = { isTTY, columns: 60, write: (text: string) => void (written += text) }
  const output = createOutput({ stdout: stream, stderr: stream, noColour: true })
  return { output, written: () => written }
}

const state = (done: number, stage = 'wave 1 of 2') => ({ done, total: 10, stage, text: `done ${done}` })

test('progress on a terminal: one line, drawn again only when it changes', () => {
  const { output, written } = outputs(true)
  const progress = createProgress(output, testClock())
  for (const done of [0, 5, 5, 10]) progress.show(state(done))
  progress.end()
  const lines = written().split('\r\u001b[2K')
  expect(lines).toHaveLength(4)
  expect(lines[2]).toBe(`wave 1 of 2  [${'█'.repeat(12)}${'░'.repeat(12)}]  5/10  done 5`)
  expect(lines[3]?.endsWith('\n')).toBe(true)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60)
})

test('progress elsewhere: a line for each stage, one now and then, and one at the end', async () => {
  const { output, written } = outputs(false)
  const clock = testClock()
  const progress = createProgress(output, clock)
  progress.show(state(1))
  progress.show(state(2))
  await clock.advance(20_000)
  progress.show(state(3))
  progress.show(state(4, 'wave 2 of 2'))
  progress.show(state(10, 'wave 2 of 2'))
  progress.end()
  expect(written()).toBe(
    ['wave 1 of 2: 1', 'wave 1 of 2: 3', 'wave 2 of 2: 4', 'wave 2 of 2: 10']
      .map((line) => `${line} of 10, done ${line.split(' ').at(-1) ?? ''}\n`)
      .join(''),
  )
})

test('times and durations', () => {
  expect(when('2026-03-01T12:00:05.123Z')).toBe('2026-03-01 12:00:05Z')
  expect(when(new Date('2026-03-01T12:00:05Z'))).toBe('2026-03-01 12:00:05Z')
  expect([14.2, 61, 7_500, null].map(howLong)).toEqual(['15 s', '1 min 01 s', '2 h 05 min', 'nobody can say'])
})
