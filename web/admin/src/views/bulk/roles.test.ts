import { expect, test } from '@jest/globals'
import { leastToResume } from './roles.ts'

test('an operator goes on with what an operator may begin', () => {
  expect(leastToResume({ action: 'retry', force: false })).toBe('operator')
  expect(leastToResume({ action: 'deprovision', force: false })).toBe('admin')
  expect(leastToResume({ action: 'provision', force: true })).toBe('admin')
})
