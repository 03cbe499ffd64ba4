import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { root } from './lib/paths.ts'

type Ended = { code: number | null; stdout: string; stderr: string }

function run(program: string, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, program), ...args], {
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended: Ended = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', (text: Buffer) => (ended.stdout += text.toString()))
  child.stderr.on('data', (text: Buffer) => (ended.stderr += text.toString()))
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ ...ended, code }))
  })
}

test.each([[['--help']], [['--all', '--dry-run']], [['--wave-size', 'many', '--all']], [[]]])(
  'it is hangar migrate-users, with %j too',
  async (args) => {
    const [door, command] = await Promise.all([
      run('scripts/migrate-existing-users-to-fly-apps.ts', ...args),
      run('cli/src/main.ts', 'migrate-users', ...args),
    ])
    expect(door).toEqual(command)
    expect(door.stdout + door.stderr).not.toBe('')
    expect(door.code === 0).toBe(args.includes('--help'))
  },
)
