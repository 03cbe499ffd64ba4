/** The completion of each shell that this machine has, asked of that shell itself; and that none lacks a command. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { runCli } from '../testing/cli.ts'

/** What is typed before Tab, and the one word that comes of it. */
const LINES = [
  ['ap', 'apps'],
  ['apps pro', 'provision'],
  ['apps list --at', '--attention'],
  ['apps force vyx-user-1 re', 'recreate'],
  ['--json sweep or', 'orphans'],
  ['apps show ada --ev', '--events'],
  ['apps list --j', '--json'],
  ['brakes release --reason why un', 'unhealthy_share'],
] as const

/** A program of each shell that answers, for each line after the script's path, what it would put in. */
const ASK = {
  bash: `
source "$1"; shift
for line in "$@"; do
  COMP_WORDS=(hangar $line); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _hangar; echo "\${COMPREPLY[@]}"
done`,
  fish: 'source $argv[1]; for line in $argv[2..]; complete -C "hangar $line" | string split -f1 \\t; end',
  // Completion is a part of the line editor, which wants a terminal and somebody who presses Tab.
  zsh: `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "autoload -U compinit; compinit -D -u; source $1; zle -N show; bindkey '^X' show
show() { print -r -- \\"<<\\$BUFFER>>\\"; BUFFER= }; print re''ady"
zpty -r shell seen '*ready*'
shift
for line in "$@"; do
  zpty -w -n shell "hangar $line"$'\\t\\x18'
  zpty -r shell seen '*<<*>>*'
  print -r -- "\${\${\${seen##*<<}%% >>*}##* }"
done
zpty -d shell`,
} as const

type Shell = keyof typeof ASK

const hasShell = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0

function ask(shell: Shell, script: string, lines: readonly string[]): string[] {
  const before = shell === 'fish' ? [] : ['ask']
  const { stdout, stderr } = spawnSync(shell, ['-c', ASK[shell], ...before, script, ...lines], {
    encoding: 'utf8',
    timeout: 30_000,
  })
  expect(stderr).toBe('')
  return stdout.trimEnd().split(/\r?\n/)
}

describe.each(Object.keys(ASK) as Shell[])('%s', (shell) => {
  let folder: string
  let text: string
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hangar-completion-'))
    text = (await runCli(['completion', shell])).stdout
    writeFileSync(join(folder, 'script'), text)
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test('every command and option is in it', () => {
    for (const word of ['migrate-users', 'adopt', 'skip_drain', 'deletion_burst', 'stop-on-failure-share'])
      expect(text).toContain(word)
  })

  // Where the machine has no such shell.
  ;(hasShell(shell) ? test : test.skip)('the shell completes what is typed', () => {
    const answers = ask(
      shell,
      join(folder, 'script'),
      LINES.map(([line]) => line),
    )
    expect(answers).toEqual(LINES.map(([, word]) => word))
  })
})

test('a shell that there is not', async () => {
  expect((await runCli(['completion', 'cmd'])).code).toBe(64)
})
