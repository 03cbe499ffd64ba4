/** Who is written down, on machines that do not know the account: containers are often run as a number. */
import { execFile } from 'node:child_process'
import { userInfo } from 'node:os'
import { promisify } from 'node:util'
import { expect, test } from '@jest/globals'
import { accountHere } from './open.ts'

test('the account on this machine by its name', () => {
  expect(accountHere()).toBe(userInfo().username)
})

// Only root can run a program as somebody else.
const asRoot = process.getuid?.() === 0 ? test : test.skip

asRoot('an account without a name by its number', async () => {
  const module = new URL('open.ts', import.meta.url).href
  // Loaded first: the checkout may lie where nobody else can read.
  const line = `const { accountHere } = await import('${module}')
    process.setuid(54321)
    process.stdout.write(accountHere())`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', line])
  expect(stdout).toBe('uid:54321')
})
