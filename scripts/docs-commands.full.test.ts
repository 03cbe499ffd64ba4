/** The commands of the documentation, as they stand on its pages, on a whole Hangar and against the CLI's own help. */
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { listDocCommands, treatmentOf } from './lib/doc-commands.ts'
import { root } from './lib/paths.ts'
import { inherited, urlOf } from './stack/settings.ts'
import { startStack, type Stack } from './stack/stack.ts'

const TEST_TIMEOUT_MS = 120_000

const commands = [...new Map(listDocCommands().map((one) => [one.command, one])).values()]
const ofKind = (kind: 'run' | 'help') =>
  commands
    .filter(({ command }) => treatmentOf(command)?.kind === kind)
    .map(({ page, command }) => [command, page])

let stack: Stack
/** `hangar` is on the path there, as it is in the image. */
let bin: string

beforeAll(async () => {
  stack = await startStack({ report: () => {}, environment: {}, courier: false })
  bin = mkdtempSync(join(tmpdir(), 'hangar-bin-'))
  writeFileSync(join(bin, 'hangar'), `#!/bin/sh\nexec '${process.execPath}' '${root}/cli/src/main.ts' "$@"\n`)
  chmodSync(join(bin, 'hangar'), 0o755)
}, 90_000)

afterAll(async () => {
  rmSync(bin, { recursive: true, force: true })
  await stack.stop()
}, 60_000)

function shell(command: string): Promise<{ code: number | null; output: string }> {
  const { PATH = '', ...rest } = inherited()
  const url = urlOf(stack.addresses, 'api')
  const env = {
    ...rest,
    PATH: `${bin}${delimiter}${PATH}`,
    DATABASE_URL: stack.addresses.databaseUrl,
    HANGAR_PUBLIC_URL: url,
    HANGAR_API_URL: url,
    SUPABASE_SERVICE_ROLE_KEY: stack.secrets.serviceRoleKey,
    HANGAR_TOKEN: stack.secrets.serviceRoleKey,
  }
  // A command that asks is answered with nothing.
  const child = spawn('sh', ['-c', command], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (chunk: Buffer) => (output += chunk.toString())
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, output })))
}

describe('runs on a whole Hangar', () => {
  test.each(ofKind('run'))(
    '%s (%s)',
    async (command) => {
      const { code, output } = await shell(command)
      expect([code, output]).toEqual([0, expect.any(String)])
      // curl ends well with whatever it was answered.
      expect(output).not.toMatch(/urn:hangar:problem/)
    },
    TEST_TIMEOUT_MS,
  )
})

describe('names what the CLI has', () => {
  const asked = ofKind('help')
  if (asked.length === 0) test.skip('no page shows such a command', () => {})
  else
    test.each(asked)(
      '%s (%s)',
      async (command) => {
        const words = command.replace(/^npm run (?:--silent )?hangar( --)?/, 'hangar').split(/\s+/)
        const end = words.findIndex((word, index) => index > 0 && !/^[a-z][a-z-]*$/.test(word))
        const named = end < 0 ? words : words.slice(0, end)
        const { code, output } = await shell(`${named.join(' ')} --help`)
        expect([code, output]).toEqual([0, expect.stringContaining('Usage: hangar')])
        const options = words.filter((word) => word.startsWith('--')).map((word) => word.split('=')[0] ?? '')
        expect(options.filter((option) => option !== '--' && !output.includes(option))).toEqual([])
      },
      TEST_TIMEOUT_MS,
    )
})
