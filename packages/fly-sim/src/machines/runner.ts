import type { Exit, Machine } from '../world/types.ts'

/** A result of a check that really ran. */
export type CheckResult = { status: 'passing' | 'warning' | 'critical'; output: string; updatedAtMs: number }

export type ExecRequest = { command: string[]; stdin: string; timeoutMs: number }
export type ExecResult = { exit_code: number; exit_signal: number; stdout: string; stderr: string }

/**
 * What runs inside a machine: a real local process, or a pretended program. The lifecycle tells it what to do; it tells
 * the lifecycle, exactly once for each boot, that the program has ended.
 */
export interface Runner {
  boot(machine: Machine, secrets: Readonly<Record<string, string>>): void
  /** Sends the signal, and SIGKILL once `timeoutMs` have passed. A program that has ended already ends at once. */
  stop(machine: Machine, signal: string, timeoutMs: number): void
  signal(machine: Machine, signal: string): void
  pause(machine: Machine): void
  resume(machine: Machine): void
  isRunning(machine: Machine): boolean
  /** null: this runner does not run checks, the stand-in makes up their results. */
  checkResult(machine: Machine, name: string): CheckResult | 'none_yet' | null
  exec(machine: Machine, asked: ExecRequest): Promise<ExecResult>
  /** The main process, as `ps` shows it. */
  process(machine: Machine): { command: string; pid: number; port: number | null }
  /** Ends everything at once, without telling the lifecycle. */
  shutdown(): Promise<void>
}

export type OnExit = (machine: Machine, exit: Exit) => void
