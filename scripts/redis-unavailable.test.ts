/** The programs a newcomer starts, on a machine that has no Redis and no way to get one. */
import { existsSync, readdirSync } from 'node:fs'
import { rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { startProcess, temporaryFolder } from '@hangar/testkit/local'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { redisCanBeHidden } from '../packages/testkit/src/testing/machine.ts'
import { inRepository } from './stack/programs.ts'

/** With what PostgreSQL needs to run for root, so that Redis is all that is missing. */
const TOOLS = ['id', 'cp', 'chown']

let nothing: string
beforeEach(async () => {
  nothing = await temporaryFolder('nothing')
  for (const tool of TOOLS) {
    const file = ['/usr/bin', '/bin', '/usr/sbin'].map((folder) => join(folder, tool)).find(existsSync)
    if (file !== undefined) await symlink(file, join(nothing, tool))
  }
})
afterEach(() => rm(nothing, { recursive: true, force: true }))

const check = redisCanBeHidden ? test : test.skip

check.each(['test', 'demo', 'dev'])(
  '%s ends with 69 and one message that names the command',
  async (name) => {
    const child = await startProcess({
      name,
      entry: inRepository(`scripts/${name}.ts`),
      env: { PATH: nothing, HOME: nothing, TMPDIR: nothing },
      cwd: inRepository('.'),
    })
    expect(await child.exited).toBe(69)
    const lines = child.logs().split('\n')
    const messages = lines.filter((line) => line.includes('Redis is missing'))
    expect(messages).toEqual([
      expect.stringMatching(/^Redis is missing and could not be fetched.*\. Run '\S.*'/),
    ])
    expect(child.logs()).not.toMatch(/^ +at /m)
    expect(readdirSync(nothing).filter((left) => left.startsWith('hangar-'))).toEqual([])
  },
)
