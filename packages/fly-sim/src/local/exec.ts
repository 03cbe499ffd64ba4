import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import type { Timer } from '../clock.ts'
import type { ExecRequest, ExecResult } from '../machines/runner.ts'
import { GATED, killGroup } from './gate.ts'

const MOST_OUTPUT = 1_048_576

type ExecHost = {
  env: Record<string, string>
  cwd: string
  after: (delayMs: number, run: () => void) => Timer
  began: (processGroup: number) => void
  ended: (processGroup: number) => void
}

/** Runs one command beside a local process, with the same environment; killed at its timeout. */
export function runCommand(asked: ExecRequest, host: ExecHost): Promise<ExecResult> {
  return new Promise((resolve) => {
    const child = spawn('/bin/sh', ['-c', `${GATED} exec "$@"`, 'sh', ...asked.command], {
      env: host.env,
      cwd: host.cwd,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    })
    const group = child.pid ?? -1
    const result: ExecResult = { exit_code: 0, exit_signal: 0, stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8')
      child[stream].on(
        'data',
        (chunk: string) => (result[stream] = (result[stream] + chunk).slice(0, MOST_OUTPUT)),
      )
    }
    const timer = host.after(asked.timeoutMs, () => {
      killGroup(group)
    })
    child.once('error', (error) => {
      resolve({ ...result, exit_code: 127, stderr: error.message })
    })
    child.once('close', (code) => {
      timer.cancel()
      killGroup(group)
      host.ended(group)
      // 137: killed, as a shell would report it.
      resolve({ ...result, exit_code: code ?? 137 })
    })
    host.began(group)
    for (const pipe of [child.stdin, child.stdio[3] as Writable]) pipe.on('error', () => {})
    child.stdin.end(asked.stdin)
    ;(child.stdio[3] as Writable).end('go\n')
  })
}
