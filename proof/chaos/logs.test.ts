import { expect, test } from '@jest/globals'
import { unexpectedLines } from './logs.ts'

const line = (level: string, rest: object) => JSON.stringify({ level, time: 'now', ...rest })
const found = (name: string, ...lines: string[]) => unexpectedLines([{ name, text: `${lines.join('\n')}\n` }])

test('an error, a fatal line and the trace of a crash fail a campaign; what is quieter does not', () => {
  expect(found('worker-1.1.log', line('info', { msg: 'a' }), line('warn', { msg: 'b' }))).toEqual([])
  const loud = [
    line('error', { msg: 'c' }),
    line('fatal', { msg: 'd' }),
    'TypeError: e',
    '    at f (g.ts:1:1)',
  ]
  expect(found('api-2.3.log', ...loud)).toEqual(loud.map((text) => `api-2.3.log: ${text}`))
})

test('only the services are looked at', () => {
  expect(found('nemesis.log', 'SIGKILL a worker')).toEqual([])
})

test.each([
  [
    'worker',
    line('error', {
      service: 'worker',
      err: { message: 'Connection terminated unexpectedly' },
      msg: 'the failure could not be recorded',
    }),
    true,
  ],
  [
    'worker',
    line('error', {
      service: 'worker',
      err: { message: 'x is undefined' },
      msg: 'the failure could not be recorded',
    }),
    false,
  ],
  [
    'worker',
    line('error', {
      service: 'worker',
      err: { message: 'Connection terminated unexpectedly' },
      msg: 'something else',
    }),
    false,
  ],
  ['worker', line('error', { service: 'worker', brake: 'fly_unreachable', msg: 'brake engaged' }), true],
  ['worker', line('error', { service: 'worker', brake: 'restored', msg: 'brake engaged' }), false],
  ['api', line('error', { service: 'api', code: 'database_unavailable' }), true],
  ['api', line('error', { service: 'api', code: 'internal' }), false],
  ['scheduler', 'scheduler: connect ECONNREFUSED 127.0.0.1:5432', true],
  ['scheduler', 'scheduler: no such table', false],
])('%s: %s is expected: %s', (service, text, isExpected) => {
  expect(found(`${service}-1.1.log`, text)).toHaveLength(isExpected ? 0 : 1)
})
