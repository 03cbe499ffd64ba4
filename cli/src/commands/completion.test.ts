/** The completion of each shell that this machine has, by that shell itself; and that none of them lacks a command. */
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from '@jest/globals'
import { runCli } from '../testing/cli.ts'

const script = async (shell: string) => (await runCli(['completion', shell])).stdout
const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0

async function completeInBash(line: string): Promise<string[]> {
  const words = ['hangar', ...line.split(' ')].map((word) => `'${word}'`).join(' ')
  const ask = `COMP_WORDS=(${words}); COMP_CWORD=${line.split(' ').length}; _hangar; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr } = spawnSync('bash', ['-c', `${await script('bash')}\n${ask}`], {
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  return stdout.trim().split('\n')
}

describe('bash', () => {
  test.each([
    ['ap', ['apps']],
    ['apps pro', ['provision']],
    ['apps list --at', ['--attention']],
    ['apps force vyx-user-1 re', ['recreate']],
    ['--json sweep or', ['orphans']],
    ['apps show ada --ev', ['--events']],
    ['apps list --j', ['--json']],
    ['brakes release --reason why un', ['unhealthy_share']],
  ])('%s', async (line, expected) => {
    expect(await completeInBash(line)).toEqual(expected)
  })
})

describe.each(['zsh', 'fish'])('%s', (shell) => {
  test('every command and option is in it', async () => {
    const text = await script(shell)
    for (const word of ['migrate-users', 'adopt', 'skip_drain', 'deletion_burst', 'stop-on-failure-share'])
      expect(text).toContain(word)
  })

  // Where the machine has no such shell.
  ;(has(shell) ? test : test.skip)('the shell can read it', async () => {
    const { status, stderr } = spawnSync(shell, ['-n'], { input: await script(shell), encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
  })
})

test('a shell that there is not', async () => {
  expect((await runCli(['completion', 'cmd'])).code).toBe(64)
})
