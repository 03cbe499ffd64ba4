/** Which of what is thrown is the database's, and which is not. */
import { expect, test } from '@jest/globals'
import { toCliError } from './failure.ts'

const thrown = (fields: object) => toCliError(Object.assign(new Error('it broke'), fields))

test.each([
  [{ code: 'ECONNREFUSED' }, 69, 'The database: it broke'],
  [{ code: 'EAI_AGAIN' }, 69, 'The database: it broke'],
  // No socket file where the address says.
  [{ code: 'ENOENT', syscall: 'connect' }, 69, 'The database: it broke'],
  [{ code: '57P01' }, 69, 'The database: it broke'],
  [{ code: '3D000' }, 78, 'The database: it broke'],
  [{ code: 'ENOENT', syscall: 'open' }, 70, 'it broke'],
  [{ code: 'EACCES' }, 70, 'it broke'],
  [{ code: 'ENOSPC', syscall: 'write' }, 70, 'it broke'],
])('%j', (fields, exitCode, message) => {
  expect(thrown(fields)).toMatchObject({ exitCode, message })
})
