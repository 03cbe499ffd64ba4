import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { watch } from '@hangar/testkit/local'
import { root } from './paths.ts'

/**
 * Runs a program of ours in the foreground, with this very Node, and resolves with its exit code. It gets the
 * signals that we get, and ends when we end, even by SIGKILL; `folders` (temporary ones) go away with it then.
 */
export function runTool(
  file: string,
  args: string[],
  options: { env?: Record<string, string>; folders?: string[] } = {},
): Promise<number> {
  const child = spawn(process.execPath, [file, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...options.env },
  })
  const release =
    child.pid === undefined
      ? () => {}
      : watch({ process: { pid: child.pid, signal: 'SIGTERM' }, folders: options.folders ?? [] })
  const passOn = (signal: NodeJS.Signals) => void child.kill(signal)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, passOn)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => {
      for (const name of signals) process.off(name, passOn)
      release()
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}

/** Runs a program to its end with its output held back. */
export function captureTool(file: string, args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [file, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const keep = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', (error) => resolve({ code: 1, output: `${output}${error.message}\n` }))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
