import { describe, expect, test } from '@jest/globals'

import { machine as decodeMachine } from './decode.ts'
import { lastFailure } from './machine-state.ts'
import { machineBody } from './testing/use.ts'

const exit = (event: Record<string, unknown>) => ({
  type: 'exit',
  status: 'stopped',
  request: { exit_event: event },
})
const told = (...events: unknown[]) => lastFailure(decodeMachine(machineBody({ events })))

describe('why a machine does not run', () => {
  test.each([
    ['its exit', exit({ exit_code: 2 }), 'exit code 2'],
    ['a signal', exit({ exit_code: 139, signal: 11 }), 'exit code 139, signal 11'],
    ['no memory', exit({ guest_exit_code: 137, oom_killed: true }), 'exit code 137, out of memory'],
    ['words of Fly', exit({ error: 'no space' }), 'exit code 0: no space'],
    ['words, though told to stop', exit({ requested_stop: true, error: 'x' }), 'exit code 0: x'],
    ['a launch that failed', { type: 'launch', status: 'launch_failed' }, 'launch launch_failed'],
    ['what came with it', { type: 'start', status: 'failed', request: { error: 'x' } }, 'start failed: x'],
  ])('is told by %s', (_, event, words) => {
    expect(told({ type: 'launch', status: 'created' }, event)).toBe(words)
  })

  test.each([
    ['no events', []],
    ['an end as it was told to', [exit({ requested_stop: true, exit_code: 143 }), exit({ exit_code: 1 })]],
    ['a start since', [{ type: 'start', status: 'started' }, exit({ exit_code: 1 })]],
    ['events of no known shape', [{}, { request: 'error' }, { request: { error: 7 } }]],
  ])('is not told by %s', (_, events) => {
    expect(told(...events)).toBeUndefined()
  })

  test('is told without the secrets of its environment', () => {
    const events = [exit({ exit_code: 1, error: 'cannot log in with hunter2-hunter2' })]
    const config = { env: { PASSWORD: 'hunter2-hunter2' } }
    expect(lastFailure(decodeMachine(machineBody({ events, config })))).toBe(
      'exit code 1: cannot log in with [redacted]',
    )
  })
})
